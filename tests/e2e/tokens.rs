//! What is wrong with a token, each cause in its own words at all three processes; how large a token may be; and how long one is
//! good for.

use access::on_behalf_of::METADATA;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use platform::clock::Clock;
use proto::event::v1::{WatchEventsRequest, WatchStart};
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{CreateTaskRequest, Task};
use serde_json::{Value, json};

use crate::harness::{Backend, Client, Product, Settings, Watcher, authorized, sse};
use crate::issuer::Doors;

/// The limit of a token, in every process.
const LIMIT: usize = 16 * 1024;

/// Signs any header and any payload with the local key of a product.
struct Signer {
    key: EncodingKey,
    id: String,
}

impl Signer {
    fn of(product: &Product) -> Self {
        let read = |name: &str| std::fs::read_to_string(product.directory.path().join(name)).unwrap();
        let pem: String = read("local-key.pem").lines().filter(|it| !it.starts_with('-')).collect();
        let keys: Value = serde_json::from_str(&read("local-key.jwks.json")).unwrap();
        let id = keys["keys"][0]["kid"].as_str().unwrap().to_owned();
        Self { key: EncodingKey::from_ed_der(&STANDARD.decode(pem).unwrap()), id }
    }

    fn header(&self) -> Value {
        json!({"typ": "JWT", "alg": "EdDSA", "kid": self.id})
    }

    fn sign(&self, header: &str, payload: &[u8]) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, Algorithm::EdDSA).unwrap();
        format!("{message}.{signature}")
    }

    /// A token that is right but for these members of its header; `null` leaves one out.
    fn with_header(&self, members: &Value) -> String {
        self.sign(&changed(self.header(), members).to_string(), claims().to_string().as_bytes())
    }

    /// A token that is right but for these claims; `null` leaves one out.
    fn with_claims(&self, members: &Value) -> String {
        self.sign(&self.header().to_string(), changed(claims(), members).to_string().as_bytes())
    }

    /// A token that is right and has this many bytes.
    fn of_size(&self, size: usize, role: &str) -> String {
        let more = json!({"realm_access": {"roles": [role]}, "pad": ""});
        let smallest = self.with_claims(&more).len();
        // Three bytes become four characters, so not every size is reached by the payload alone.
        let mut tokens = (0..3).flat_map(|extra| {
            let header = changed(self.header(), &json!({"x": "x".repeat(extra)}));
            let pads = (size - smallest) * 3 / 4 - 16..(size - smallest) * 3 / 4 + 16;
            let more = &more;
            pads.map(move |pad| {
                let more = changed(more.clone(), &json!({"pad": "a".repeat(pad)}));
                self.sign(&header.to_string(), changed(claims(), &more).to_string().as_bytes())
            })
        });
        tokens.find(|it| it.len() == size).expect("a token of this size")
    }
}

fn changed(mut object: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            object.as_object_mut().unwrap().remove(name);
        } else {
            object[name] = value.clone();
        }
    }
    object
}

fn now() -> i64 {
    Clock::system().now().seconds()
}

/// Claims that are right in every way.
fn claims() -> Value {
    json!({
        "iss": "urn:cml-cloud-manager:local", "aud": "cml-cloud-manager", "sub": "ada", "iat": now(), "exp": now() + 600,
        "realm_access": {"roles": ["user"]},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cause_in_the_form_of_a_token_has_its_own_words_at_all_three_processes() {
    let product = Product::start().await;
    let (signer, doors) = (Signer::of(&product), Doors::of(&product));
    let good = signer.with_claims(&json!({}));
    doors.expect_accepted(&good).await;

    let unsigned =
        format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode("{}"));
    let encrypted = format!("{}.a.b.c.d", URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP","enc":"A128GCM"}"#));
    for (authorization, text) in [
        ("Basic cm9vdDpyb290", "the authorization is not of the scheme Bearer"),
        (good.as_str(), "the authorization is not of the scheme Bearer"),
        ("Bearer", "the authorization of the scheme Bearer has no token"),
        ("Bearer abc", "the token is not a JSON Web Token of three parts"),
        ("Bearer a.b", "the token is not a JSON Web Token of three parts"),
        (
            &format!("Bearer {encrypted}"),
            "the token is encrypted (JWE); only signed tokens (JWS) are accepted",
        ),
        ("Bearer a.b.c", "the token's header is not a JSON object in base64url"),
        (&format!("Bearer {unsigned}"), "the token's algorithm (alg) is not RS256, ES256 or EdDSA"),
    ] {
        doors.expect_refused_as(authorization, Some(authorization), text).await;
    }

    let header = signer.header().to_string();
    let twice = claims().to_string().replacen('{', r#"{"sub":"eve","#, 1);
    for (payload, text) in [
        (twice.as_bytes(), "the token's payload has a claim twice"),
        (format!("\u{feff}{}", claims()).as_bytes(), "the token's payload is not a JSON object in base64url"),
        (b"[]".as_slice(), "the token's payload is not a JSON object in base64url"),
    ] {
        doors.expect_refused(text, Some(&signer.sign(&header, payload)), text).await;
    }
    let twice = header.replacen('{', r#"{"kid":"other","#, 1);
    let token = signer.sign(&twice, claims().to_string().as_bytes());
    doors.expect_refused("kid twice", Some(&token), "the token's header has a parameter twice").await;
    let other = signer.with_claims(&json!({"sub": "eve"}));
    let forged = format!("{}.{}", good.rsplit_once('.').unwrap().0, other.rsplit_once('.').unwrap().1);
    doors.expect_refused("forged", Some(&forged), "the token's signature is not valid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cause_in_the_header_of_a_token_has_its_own_words_at_all_three_processes() {
    let product = Product::start().await;
    let (signer, doors) = (Signer::of(&product), Doors::of(&product));
    let purpose = "the token was made for another purpose: its header typ is neither JWT nor at+jwt";
    for (header, text) in [
        (json!({"alg": "Ed25519"}), "the token's algorithm (alg) is not RS256, ES256 or EdDSA"),
        (json!({"alg": "ES256"}), "the token's algorithm (alg) is not that of its key"),
        (json!({"kid": null}), "the token's header does not name a key (kid)"),
        (json!({"kid": "other"}), "the token is signed with an unknown key"),
        (
            json!({"crit": ["https://example.com/must-know"], "https://example.com/must-know": true}),
            "the token's header has critical extensions (crit), none of which is known here",
        ),
        (
            json!({"crit": ["exp"], "exp": 1}),
            "the token's header has critical extensions (crit), none of which is known here",
        ),
        (json!({"typ": "logout+jwt"}), purpose),
        (json!({"typ": "dpop+jwt"}), purpose),
        (json!({"typ": "secevent+jwt"}), purpose),
        (json!({"typ": "application/logout+jwt"}), purpose),
        (json!({"typ": 7}), purpose),
    ] {
        doors.expect_refused(&header.to_string(), Some(&signer.with_header(&header)), text).await;
    }
    for header in [
        json!({"typ": null}),
        json!({"typ": "jwt"}),
        json!({"typ": "at+jwt"}),
        json!({"typ": "application/at+jwt"}),
        json!({"cty": "json"}),
    ] {
        doors.expect_accepted(&signer.with_header(&header)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cause_in_the_claims_of_a_token_has_its_own_words_at_all_three_processes() {
    let product = Product::start().await;
    let (signer, doors) = (Signer::of(&product), Doors::of(&product));
    let (purpose, date) = (
        "the token was made for another purpose: its claim typ is not that of an access token",
        "the token's expiry (exp) is not a date: it must be in seconds, not in milliseconds",
    );
    for (claims, text) in [
        (json!({"iss": null}), "the token has no issuer (iss)"),
        (json!({"iss": "urn:other"}), "the token was issued by a different issuer"),
        (
            json!({"iss": "urn:cml-cloud-manager:local/"}),
            "the token was issued by a different issuer: its name and the configured one differ in a slash at the end",
        ),
        (json!({"aud": null}), "the token has no audience (aud)"),
        (json!({"aud": "other"}), "the token is for a different audience"),
        (json!({"exp": null}), "the token has no expiry (exp)"),
        (json!({"exp": "tomorrow"}), "the token's expiry (exp) is not a number"),
        (json!({"exp": (now() + 600) * 1_000}), date),
        (json!({"exp": 1e300}), date),
        (json!({"exp": now() - 60}), "the token has expired"),
        (json!({"nbf": "today"}), "the token's start (nbf) is not a number"),
        (
            json!({"nbf": now() * 1_000}),
            "the token's start (nbf) is not a date: it must be in seconds, not in milliseconds",
        ),
        (json!({"nbf": now() + 600}), "the token is not valid yet"),
        (json!({"sub": null}), "the token has no subject (sub)"),
        (json!({"sub": 7}), "the token's subject (sub) is not one text"),
        (json!({"sub": ["ada", "bob"]}), "the token's subject (sub) is not one text"),
        (json!({"sub": ""}), "the token's subject (sub) is empty or blank"),
        (json!({"sub": "x".repeat(256)}), "the token's subject (sub) has more than 255 characters"),
        (json!({"sub": "a\nb"}), "the token's subject (sub) has control characters"),
        (json!({"typ": "ID"}), purpose),
        (json!({"typ": "Refresh"}), purpose),
        (json!({"typ": "Offline"}), purpose),
        (json!({"typ": "Logout"}), purpose),
    ] {
        doors.expect_refused(&claims.to_string(), Some(&signer.with_claims(&claims)), text).await;
    }
    for claims in [json!({"typ": "Bearer"}), json!({"sub": ["ada"]}), json!({"exp": 253_402_300_799_i64})] {
        doors.expect_accepted(&signer.with_claims(&claims)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_headers_of_a_request_is_said_too() {
    let product = Product::start().await;
    let token = format!("Bearer {}", product.token("ada", &[], None));
    let refused = |it: Client| async move {
        let answer = it.get("/api/me").await;
        assert_eq!(answer.status, 401, "{answer:?}");
        let challenge = answer.header("www-authenticate").to_owned();
        let detail = answer.text("detail").to_owned();
        assert!(challenge.contains(&format!(r#"error_description="{detail}""#)), "{challenge}");
        detail
    };
    let twice = product.anonymous().with("authorization", &token).with("authorization", &token);
    assert_eq!(refused(twice).await, "the request has more than one authorization; send one");
    let umlaut = product.anonymous().with("authorization", "Bearer ä");
    assert_eq!(refused(umlaut).await, "the authorization has characters that are not visible ASCII");
    let cookies = product.anonymous().with("cookie", "ccm_session=a; ccm_session=b");
    assert_eq!(refused(cookies).await, "the request has two session cookies of the same name");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_16_kib_is_taken_everywhere_and_a_larger_one_nowhere() {
    let product = Product::start().await;
    let (signer, doors) = (Signer::of(&product), Doors::of(&product));
    let (largest, larger) = (signer.of_size(LIMIT, "service"), signer.of_size(LIMIT + 1, "service"));
    doors.expect_accepted(&largest).await;
    let text = "the token is larger than the limit of 16384 bytes (16 KiB)";
    doors.expect_refused("one byte more", Some(&larger), text).await;

    // Through the gateway, with what it passes on.
    let client = product.anonymous().with("authorization", &format!("Bearer {largest}"));
    let baggage = format!("a={}", "b".repeat(256));
    let traced = client.with("tracestate", &format!("a={}", "b".repeat(250))).with("baggage", &baggage);
    assert_eq!(traced.post("/api/tasks", &json!({"title": "large"})).await.status, 201);
    // To a service, for a person with the largest subject there is.
    let mut tasks = TaskServiceClient::new(Watcher::channel(product.tasks_address));
    let task = Some(Task { title: "large".to_owned(), ..Task::default() });
    let mut request = authorized(CreateTaskRequest { task, ..CreateTaskRequest::default() }, &largest);
    request.metadata_mut().insert(METADATA, "%F0%9F%98%80".repeat(255).parse().unwrap());
    tasks.create_task(request).await.unwrap();

    // As a session, which the next token renews while the cookies are still sent.
    let begun = client.post_text("/api/session", "").await;
    assert_eq!(begun.status, 204, "{begun:?}");
    let set = begun.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap());
    let kept: Vec<&str> =
        set.filter(|it| !it.contains("; Max-Age=0;")).map(|it| it.split(';').next().unwrap()).collect();
    let cookies = kept.join("; ");
    let session = product.anonymous().with("cookie", &cookies);
    assert_eq!(session.get("/api/tasks").await.status, 200);
    let renewed = client.with("cookie", &cookies).post_text("/api/session", "").await;
    assert_eq!(renewed.status, 204, "{renewed:?}");
    let refused = product.anonymous().with("authorization", &format!("Bearer {larger}"));
    assert_eq!(refused.post_text("/api/session", "").await.status, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_within_the_leeway_is_good_for_a_stream_as_for_a_call() {
    let leeway = vec![("CCM_CLOCK_LEEWAY".to_owned(), "2m".to_owned())];
    let settings = Settings { of_services: leeway.clone(), of_gateway: leeway, ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let token = Signer::of(&product).with_claims(&json!({"exp": now() - 1}));
    let client = product.anonymous().with("authorization", &format!("Bearer {token}"));
    assert_eq!(client.get("/api/me").await.status, 200);
    let request = WatchEventsRequest { start: WatchStart::Now.into(), ..WatchEventsRequest::default() };
    let mut watcher = Watcher::start(product.tasks_address, &token, request).await.unwrap();
    let mut stream =
        sse::open(product.gateway_address, &token, "since=earliest&event_types=task.*", None).await.unwrap();
    stream.named("connected").await;
    let title = json!({"title": "late"});
    assert_eq!(client.post("/api/tasks", &title).await.status, 201);
    assert_eq!(watcher.event().await.r#type, "task.created");
    assert_eq!(stream.named("task.created").await.data()["task"]["title"], "late");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_department_in_a_list_of_one_is_taken_and_any_other_is_told_as_what_it_is() {
    let product = Product::start().await;
    let signer = Signer::of(&product);
    let me = async |department: Value| {
        let claims = json!({"realm_access": {"roles": ["manager"]}, "department": department});
        let token = signer.with_claims(&claims);
        let answer =
            product.anonymous().with("authorization", &format!("Bearer {token}")).get("/api/me").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let notices: Vec<&str> =
            answer.json["notices"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        (answer.json["department"].clone(), notices.join("\n"))
    };
    let (department, notices) = me(json!(["sales"])).await;
    assert_eq!((department, notices.as_str()), (json!("sales"), ""));
    for (department, text) in [
        (json!(null), "has the role manager but no department claim"),
        (json!(["sales", "network"]), "its department claim is a list of several"),
        (json!([]), "its department claim is an empty list"),
        (json!({"name": "sales"}), "its department claim is not a text"),
        (json!(""), "its department claim is empty"),
        (json!("x".repeat(101)), "its department claim has more than 100 characters"),
        (json!("a\nb"), "its department claim has control characters"),
    ] {
        let (taken, notices) = me(department.clone()).await;
        assert_eq!(taken, Value::Null, "{department}");
        assert!(notices.contains(text), "{department}: {notices}");
    }
}
