//! The command line of the product.

mod trace;

fn main() {}
