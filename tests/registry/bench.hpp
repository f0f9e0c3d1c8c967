// What the tests of the client share: a fake registry, a virtual clock, files, and one repository of registry.example.
#pragma once
#include <stdexcept>

#include "fake_registry.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"

struct Bench {
  fake::Registry registry;
  fake::VirtualRuntime time;
  TempDir dir;
  std::vector<std::string> log;
  lapstrake::registry::Keychain keychain = nullptr;

  lapstrake::registry::ClientOptions options() {
    return {.transport = registry.transport(),
            .keychain = keychain,
            .runtime = time.runtime(),
            .log = [this](const std::string& line) { log.push_back(line); }};
  }
  lapstrake::registry::Repository repository(const std::string& host = "registry.example") {
    registry.host = host;
    return {options(), host, "web"};
  }
  std::filesystem::path file(const lapstrake::oci::Digest& digest) const { return dir / digest.hex(); }
  lapstrake::oci::Descriptor blob(const std::string& content) const {
    const lapstrake::oci::Descriptor descriptor{.media_type = std::string(lapstrake::oci::media_type::layer_gzip),
                                                .digest = lapstrake::oci::Digest::of(content),
                                                .size = content.size()};
    dir.write(descriptor.digest.hex(), content);
    return descriptor;
  }
  void put(const lapstrake::registry::Repository& repository, const lapstrake::oci::Descriptor& descriptor) const {
    repository.put_blob(descriptor, file(descriptor.digest), nullptr);
  }
};
