//! The names of enum values, for code that handles every enum of the contract alike. prost generates them as functions of
//! each enum; the build script implements this trait for each enum with them.

/// An enum of the contract. The names of its values begin with its own name: `TASK_STATUS_PENDING` of `TaskStatus`.
pub trait ContractEnum: Copy + Default + 'static {
    /// The names of all values as the contract has them. The first is the zero value, `…_UNSPECIFIED`.
    const NAMES: &'static [&'static str];

    /// The name of this value as the contract has it.
    fn name(self) -> &'static str;

    /// The value of that name.
    fn from_name(name: &str) -> Option<Self>;

    /// All values but the unspecified one, in the order in which the contract declares them.
    fn values() -> impl Iterator<Item = Self> {
        Self::NAMES.iter().skip(1).filter_map(|it| Self::from_name(it))
    }

    /// The name of this value without the name of its enum: `PENDING`.
    #[must_use]
    fn short_name(self) -> &'static str {
        let prefix = Self::NAMES[0].strip_suffix("UNSPECIFIED").unwrap_or_default();
        self.name().strip_prefix(prefix).unwrap_or(self.name())
    }
}
