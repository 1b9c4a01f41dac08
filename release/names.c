/* Linked into the static binary. A static glibc loads the sources of names that /etc/nsswitch.conf lists, which are libraries of the
   machine, and crashes if they belong to another version of glibc. This sets those that are part of glibc itself, before main. */

#include <nss.h>

__attribute__((constructor)) static void take_names_from_files_and_dns(void)
{
    __nss_configure_lookup("hosts", "files dns");
    __nss_configure_lookup("networks", "files");
    __nss_configure_lookup("services", "files");
    __nss_configure_lookup("protocols", "files");
    __nss_configure_lookup("passwd", "files");
    __nss_configure_lookup("group", "files");
    __nss_configure_lookup("initgroups", "files");
}
