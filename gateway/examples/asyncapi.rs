//! Prints the description of the event stream: `cargo run -q -p gateway --example asyncapi > gateway/asyncapi.json`.

fn main() {
    print!("{}", gateway::description::asyncapi::text());
}
