//! How a static program that is linked with release/names.c looks names up.

use std::process::Command;

use super::{in_repository, output};

/// A source of names that tells when it is loaded.
const SOURCE: &str = r#"
#include <stdio.h>
__attribute__((constructor)) static void tell(void) { FILE *it = fopen("loaded", "w"); if (it) fclose(it); }
"#;

const PROGRAM: &str = r#"
#include <netdb.h>
#include <stddef.h>
int main(void) { struct addrinfo *found; return getaddrinfo("localhost", NULL, NULL, &found); }
"#;

/// In a mount namespace of its own, where names come from that source first.
const SCRIPT: &str = r#"
set -e
cd "$0"
echo 'hosts: trap files' >nsswitch.conf
mount --bind nsswitch.conf /etc/nsswitch.conf
cc -shared -fPIC -o libnss_trap.so.2 source.c
cc -static -o usual program.c 2>warnings
cc -static -o released program.c "$1" 2>warnings
export LD_LIBRARY_PATH=$PWD
./released
if [ -e loaded ]; then echo "the released one loads a library"; fi
./usual
if [ -e loaded ]; then echo "the usual one loads a library"; fi
"#;

#[test]
fn names_are_looked_up_without_libraries_of_the_machine() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    write("source.c", SOURCE);
    write("program.c", PROGRAM);
    let mut unshare = Command::new("unshare");
    unshare.arg("--mount");
    if !storage::testing::is_root() {
        unshare.arg("--map-root-user");
    }
    unshare.args(["sh", "-c", SCRIPT]).arg(directory.path()).arg(in_repository("release/names.c"));
    assert_eq!(output(&mut unshare), "the usual one loads a library\n");
}
