//! The build script of the crate `proto`. It compiles the proto files to Rust without `protoc`: messages, gRPC clients and
//! servers, value names of enums, the JSON mapping in which events are stored, and the descriptor set for gRPC reflection.

use std::error::Error;
use std::path::{Path, PathBuf};

use prost::Message as _;
use protox::prost_reflect::prost_types::{EnumValueDescriptorProto, FileDescriptorSet};

fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).ok_or("cargo runs this");
    let (root, out) = (variable("CARGO_MANIFEST_DIR")?, variable("OUT_DIR")?);
    // Cargo does not watch a build script outside of its package, nor the files that it reads.
    println!("cargo::rerun-if-changed=../build.rs");
    println!("cargo::rerun-if-changed={}", root.join("ccm").display());
    let files = protox::compile(contract_files(&root.join("ccm"))?, [&root])?;
    let descriptors = files.encode_to_vec();
    std::fs::write(out.join("descriptors.bin"), &descriptors)?;
    std::fs::write(out.join("enum_names.rs"), enum_names(&files))?;
    tonic_prost_build::configure()
        .compile_well_known_types(true)
        .extern_path(".google.protobuf", "::pbjson_types")
        .btree_map(".")
        // Clients get no `connect` method, because channels are made by `net::grpc`.
        .build_transport(false)
        .compile_fds(files)?;
    json_mapping(&descriptors, &out)
}

/// Every proto file beneath a folder, in the order of their names.
fn contract_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(contract_files(&path)?);
        } else if path.extension().is_some_and(|it| it == "proto") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Implements `ContractEnum` for the enums of the contract, all of which are declared at the top level.
fn enum_names(files: &FileDescriptorSet) -> String {
    let mut code = String::new();
    for file in files.file.iter().filter(|it| it.package().starts_with("ccm.")) {
        let module = file.package().trim_start_matches("ccm.").replace('.', "::");
        for it in &file.enum_type {
            let names: Vec<&str> = it.value.iter().map(EnumValueDescriptorProto::name).collect();
            let prefix = names.first().and_then(|it| it.strip_suffix("UNSPECIFIED")).unwrap_or_default();
            let lower_names = it.value.iter().map(|value| {
                let name = value.name().strip_prefix(prefix).unwrap_or(value.name());
                format!("{} => {:?},", value.number(), name.to_ascii_lowercase())
            });
            let lower_names = lower_names.collect::<String>();
            code += &format!(
                "impl ContractEnum for {module}::{} {{
                    const NAMES: &'static [&'static str] = &{names:?};
                    fn name(self) -> &'static str {{ self.as_str_name() }}
                    fn from_name(name: &str) -> Option<Self> {{ Self::from_str_name(name) }}
                    fn lower_name(self) -> &'static str {{
                        match self as i32 {{ {lower_names} _ => \"unspecified\" }}
                    }}
                }}\n",
                it.name()
            );
        }
    }
    code
}

fn json_mapping(descriptors: &[u8], out: &Path) -> Result<(), Box<dyn Error>> {
    pbjson_build::Builder::new()
        .register_descriptors(descriptors)?
        .preserve_proto_field_names()
        // A replica can read what a newer version has written (docs/adr/0006).
        .ignore_unknown_fields()
        .btree_map([".ccm"])
        .out_dir(out)
        .build(&[".ccm"])?;
    Ok(())
}
