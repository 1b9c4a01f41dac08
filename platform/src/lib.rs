//! The ground that every room stands on: the clock, the shutdown, what is wrong with an input, the causes of an error. It
//! knows no network, no telemetry SDK, no database and no word of the domain.

pub mod causes;
pub mod clock;
pub mod periodic;
pub mod shutdown;
pub mod violation;
