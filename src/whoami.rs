//! `ccm whoami`: who the caller is to the gateway.

use reqwest::Method;

use crate::cli::output::Format;
use crate::cli::whoami::Whoami;
use crate::client::{Call, Client};
use crate::console;
use crate::resources::{details, text};

pub(crate) async fn run(settings: Whoami) -> anyhow::Result<()> {
    let client = Client::new(&settings.connection)?;
    let answer = client.send(Call::new(Method::GET, client.url(&["api", "me"]))).await?;
    let me = answer.json()?;
    let output = match settings.output.format() {
        Format::Json => format!("{}\n", answer.body),
        Format::Id => format!("{}\n", text(&me["subject"])),
        Format::Table | Format::Wide => details(&[
            ("Subject", text(&me["subject"])),
            ("Roles", text(&me["roles"])),
            ("Department", text(&me["department"])),
            ("Issuer", text(&me["issuer"])),
            ("Token ends", text(&me["expires_at"])),
            ("Notices", text(&me["notices"])),
        ]),
    };
    console::print(&output)
}
