//! Whether output is coloured.

use std::io::IsTerminal as _;

use telemetry::{Variable, VariableDefault};

/// The variables that say it, for docs/configuration.md.
pub(crate) const VARIABLES: [Variable; 2] = [
    Variable {
        name: "NO_COLOR",
        default: VariableDefault::Words("empty"),
        meaning: "If not empty, output has no colours, as if it were not a terminal",
    },
    Variable {
        name: "CLICOLOR_FORCE",
        default: VariableDefault::Words("empty"),
        meaning: "If neither empty nor `0`, output has colours wherever it goes, unless `NO_COLOR` is set",
    },
];

/// Whether output is coloured: on a terminal, or wherever it goes if `CLICOLOR_FORCE` is set
/// (<https://bixense.com/clicolors>); never if `NO_COLOR` is set (<https://no-color.org>: and not empty).
pub(crate) fn colour() -> bool {
    let [off, on] = VARIABLES.map(|it| std::env::var_os(it.name).filter(|value| !value.is_empty()));
    let is_forced = on.is_some_and(|it| it != "0");
    off.is_none() && (is_forced || std::io::stdout().is_terminal())
}
