# Each recipe is one command that runs without `just` as well.

# list the recipes
default:
    @just --list

# start the product on this machine
run *arguments:
    cargo run -- {{arguments}}

# show the newest trace
trace which="last":
    cargo run -q -- trace {{which}}

# every test; arguments go to `cargo test`
test *arguments:
    tests/run {{arguments}}

# the end-to-end tests alone
e2e *names:
    tests/run --test e2e -- {{names}}

# the product beside a bare pair; arguments select rows
bench *arguments:
    tests/bench/run {{arguments}}

# write the dashboards and the rules again, after a change of their sources
dashboards:
    cargo run -q --example dashboards

# write the description of the API again, after a change of it
openapi:
    cargo run -q -p gateway --example openapi > target/openapi.json
    mv target/openapi.json gateway/openapi.json
    cargo run -q -p gateway --example asyncapi > target/asyncapi.json
    mv target/asyncapi.json gateway/asyncapi.json

# write docs/cli.md again, after a change of the command line
cli:
    cargo test -q --bin ccm reference || mv target/cli.md docs/cli.md

# write the contract that callers are given again, after a change of proto/
contract:
    .ci/contract replace

# the archive of a release, of the commit that is checked out
release:
    release/build

# the lints of CI
lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings

# format the code
fmt:
    cargo fmt --all

# the API documentation of our crates
doc:
    cargo doc --workspace --no-deps --locked

# all that has to hold before a change lands
ci:
    .ci/run
