//! Compiles `proto/` to Rust without `protoc`: messages, gRPC clients and servers, the JSON mapping that events are
//! stored in, and the descriptor set that gRPC reflection serves. It is the build script of the crate `proto`.

use std::error::Error;
use std::path::{Path, PathBuf};

use prost::Message as _;

const FILES: [&str; 6] = [
    "ccm/event/v1/event.proto",
    "ccm/event/v1/event_service.proto",
    "ccm/task/v1/task.proto",
    "ccm/task/v1/task_service.proto",
    "ccm/worker/v1/worker.proto",
    "ccm/worker/v1/worker_service.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).ok_or("cargo runs this");
    let (root, out) = (variable("CARGO_MANIFEST_DIR")?, variable("OUT_DIR")?);
    // Cargo watches neither a build script outside the package nor what it reads.
    println!("cargo::rerun-if-changed=../build.rs");
    println!("cargo::rerun-if-changed={}", root.join("ccm").display());
    let files = protox::compile(FILES, [&root])?;
    let descriptors = files.encode_to_vec();
    std::fs::write(out.join("descriptors.bin"), &descriptors)?;
    tonic_prost_build::configure()
        .compile_well_known_types(true)
        .extern_path(".google.protobuf", "::pbjson_types")
        .btree_map(".")
        // Without `connect` on each client: channels are made by net::grpc.
        .build_transport(false)
        .compile_fds(files)?;
    json_mapping(&descriptors, &out)
}

fn json_mapping(descriptors: &[u8], out: &Path) -> Result<(), Box<dyn Error>> {
    pbjson_build::Builder::new()
        .register_descriptors(descriptors)?
        .preserve_proto_field_names()
        // A replica reads what the version after it has written: docs/adr/0006.
        .ignore_unknown_fields()
        .btree_map([".ccm"])
        .out_dir(out)
        .build(&[".ccm"])?;
    Ok(())
}
