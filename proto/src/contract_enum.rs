//! A trait with the value names of enums, for code that handles all enums of the contract alike. prost generates the
//! names as functions of each enum; the build script implements the trait with these functions.

/// An enum of the contract. Value names begin with the name of the enum: `TASK_STATUS_PENDING` of `TaskStatus`.
pub trait ContractEnum: Copy + Default + 'static {
    /// The names of all values in the contract. The first is the zero value, `…_UNSPECIFIED`.
    const NAMES: &'static [&'static str];

    /// Returns the name of this value in the contract.
    fn name(self) -> &'static str;

    /// Returns the value with this name.
    fn from_name(name: &str) -> Option<Self>;

    /// Returns the name of this value without the prefix of its enum, in lower case: `pending`.
    fn lower_name(self) -> &'static str;

    /// Iterates over all values except the unspecified one, in the order of their declaration.
    fn values() -> impl Iterator<Item = Self> {
        Self::NAMES.iter().skip(1).filter_map(|it| Self::from_name(it))
    }

    /// Returns the name of this value without the prefix of its enum: `PENDING`.
    #[must_use]
    fn short_name(self) -> &'static str {
        let prefix = Self::NAMES[0].strip_suffix("UNSPECIFIED").unwrap_or_default();
        self.name().strip_prefix(prefix).unwrap_or(self.name())
    }
}
