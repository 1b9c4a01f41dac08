//! Prints the description of the API: `cargo run -q -p gateway --example openapi > gateway/openapi.json`.

fn main() {
    print!("{}", gateway::description::text());
}
