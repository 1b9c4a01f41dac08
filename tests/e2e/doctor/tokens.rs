//! Tokens that the gateway does not accept, and clocks that differ.

use access::Role;
use jsonwebtoken::Algorithm;

use super::{Level, doctor};
use crate::clocks::faked;
use crate::harness::{Backend, Issuer, Product, Settings, SigningKey, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_has_expired_is_told_in_the_words_of_the_gateway() {
    let product = Product::start().await;
    let token = product.expired_token("ada", &[Role::User], None);
    let said = doctor(&product, &[("CCM_TOKEN", &token)]).await;
    said.expect_problem("token", "the token has expired (401 UNAUTHENTICATED", "CCM_TOKEN");
    said.expect_no_other_problem(&["token"]);
    let why = &said.finding("task_events", Level::NotChecked).seen;
    assert_eq!(why, "the gateway accepts no token of this command");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_under_a_wrong_name_is_told_with_the_right_one() {
    let key = SigningKey::make(Algorithm::ES256, "first").await;
    let issuer = Issuer::start(&[&key]).await;
    let wrong = format!("{}/", issuer.url);
    let product = Product::trusting(&wrong).await;
    let token = issuer.token(Algorithm::ES256).await;
    let said = doctor(&product, &[("CCM_OIDC_ISSUER", &wrong), ("CCM_TOKEN", &token)]).await;
    said.expect_problem("issuer", "names a different issuer", &format!("to exactly {},", issuer.url));
    said.expect_problem("token", "issued by a different issuer", "CCM_TOKEN");
    said.expect_no_other_problem(&["issuer", "token"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_a_process_is_used_where_there_is_no_other_one() {
    let product = Product::start().await;
    let file = product.directory.path().join("gateway.token").display().to_string();
    let nowhere = product.directory.path().join("nowhere").display().to_string();
    let settings = |file| [("CCM_DATA_DIR", nowhere.as_str()), ("CCM_SERVICE_TOKEN_FILE", file)];
    let said = doctor(&product, &settings(&file)).await;
    let seen = &said.finding("token", Level::Ok).seen;
    assert!(
        seen.starts_with("the gateway knows you as gateway of") && seen.contains("roles service"),
        "{seen}"
    );
    assert_eq!(said.code, Some(0), "{said:#?}");
    let said = doctor(&product, &settings(&nowhere)).await;
    said.expect_problem("token", "the process gets no token of its own", "CCM_SERVICE_TOKEN_FILE");
    let said = doctor(&product, &[("CCM_DATA_DIR", &nowhere)]).await;
    let advice = &said.finding("token", Level::NotChecked).advice;
    assert!(advice.as_ref().is_some_and(|it| it.contains("set CCM_TOKEN")), "{advice:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_that_is_off_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let (clock, of_gateway) = faked(directory.path());
    let settings = Settings { of_gateway, ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, directory, settings).await;
    clock.set(60 * 60);
    let token = product.token_for(std::time::Duration::from_hours(12), "root", &[Role::Admin], None);
    let said = eventually("the gateway sees its clock", async || {
        let said = doctor(&product, &[("CCM_TOKEN", &token)]).await;
        said.findings.iter().any(|it| it.check == "clocks" && it.level == Level::Problem).then_some(said)
    })
    .await;
    said.expect_problem("clocks", "the clock of the gateway is 1h ahead of most others", "NTP");
    said.expect_no_other_problem(&["clocks"]);
}
