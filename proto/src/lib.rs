//! The gRPC contract, generated from `ccm/*/v1/*.proto` by the build script at the root of the repository. The proto
//! files document the fields. Three parts are written by hand: a trait with the value names of enums, the gRPC code and
//! HTTP status of each error reason, and the patterns of event types.

/// Package `ccm.task`: tasks.
pub mod task {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("ccm.task.v1");
        include!(concat!(env!("OUT_DIR"), "/ccm.task.v1.serde.rs"));
    }
}

/// Package `ccm.worker`: workers.
pub mod worker {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("ccm.worker.v1");
        include!(concat!(env!("OUT_DIR"), "/ccm.worker.v1.serde.rs"));
    }
}

/// Package `ccm.event`: events and their delivery.
pub mod event {
    /// Version 1.
    #[expect(clippy::large_enum_variant, reason = "most messages of a watch are the largest: events")]
    pub mod v1 {
        tonic::include_proto!("ccm.event.v1");
        include!(concat!(env!("OUT_DIR"), "/ccm.event.v1.serde.rs"));
    }
}

/// Package `ccm.error`: the reasons of errors.
pub mod error {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("ccm.error.v1");
    }
}

mod contract_enum;
mod reason;
mod type_pattern;

pub use contract_enum::ContractEnum;
pub use type_pattern::TypePattern;

include!(concat!(env!("OUT_DIR"), "/enum_names.rs"));

/// `google.protobuf` types, with the JSON mapping of proto3.
pub use pbjson_types::{FieldMask, Struct, Timestamp};

/// Converts microseconds since 1970 to a timestamp.
#[must_use]
pub fn timestamp(micros: i64) -> Timestamp {
    let nanos = i32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or_default();
    Timestamp { seconds: micros.div_euclid(1_000_000), nanos }
}

/// Converts a timestamp to microseconds since 1970, rounding down.
#[must_use]
pub fn micros(at: &Timestamp) -> i64 {
    at.seconds.saturating_mul(1_000_000).saturating_add(i64::from(at.nanos / 1_000))
}

/// The encoded `google.protobuf.FileDescriptorSet` of the contract and its imports, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
