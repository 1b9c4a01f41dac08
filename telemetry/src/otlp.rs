//! OTLP from the receiving side: `ccm up` keeps the newest traces when no collector runs, and tests look at what was
//! really sent.

mod receiver;
mod span;

pub use receiver::receive;
pub use span::{AttributeValue, Link, Span, SpanKind};
