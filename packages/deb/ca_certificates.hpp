// The certificates that programs trust, as Debian's packages ca-certificates and ca-certificates-java make them.
#pragma once
#include <lapstrake/packages/deb/root.hpp>
#include <string>
#include <vector>

namespace lapstrake::packages::deb {

// As update-ca-certificates(8): the bundle /etc/ssl/certs/ca-certificates.crt, a link for each certificate, links by
// hash for OpenSSL, and /etc/ca-certificates.conf.
void apply_ca_certificates(Root& root, std::vector<std::string>& notes);

// A keystore of the same certificates for Java, of the format JKS with the password "changeit", at `path`.
void apply_java_cacerts(Root& root, const std::string& path);

}  // namespace lapstrake::packages::deb
