// A certificate authority of a test's own and certificates of it, made by the openssl program.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

#include "support/command.hpp"
#include "support/temp_dir.hpp"

class TlsFiles {
 public:
  // `alternative_names`: "DNS:localhost,IP:127.0.0.1"; `days` may be negative: expired.
  explicit TlsFiles(const std::string& alternative_names = "DNS:localhost,IP:127.0.0.1",
                    const std::string& days = "2") {
    const auto folder = dir_.path().string();
    dir_.write("leaf.ext", "subjectAltName=" + alternative_names + "\nextendedKeyUsage=serverAuth\n");
    make({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
          "2", "-subj", "/CN=lapstrake test authority", "-addext", "basicConstraints=critical,CA:TRUE", "-keyout",
          folder + "/ca.key", "-out", folder + "/ca.pem"});
    make({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
          "/CN=lapstrake test", "-keyout", folder + "/leaf.key", "-out", folder + "/leaf.csr"});
    make({"openssl", "x509", "-req", "-in", folder + "/leaf.csr", "-CA", folder + "/ca.pem", "-CAkey",
          folder + "/ca.key", "-CAcreateserial", "-days", days, "-extfile", folder + "/leaf.ext", "-out",
          folder + "/leaf.pem"});
  }
  std::filesystem::path authority() const { return dir_ / "ca.pem"; }
  std::filesystem::path certificate() const { return dir_ / "leaf.pem"; }
  std::filesystem::path key() const { return dir_ / "leaf.key"; }

 private:
  static void make(const std::vector<std::string>& command) {
    const auto ran = run(command);
    if (ran.status != 0) throw std::runtime_error("openssl failed: " + ran.output);
  }
  TempDir dir_;
};
