// Lock files for tests.
#pragma once
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/lock_file.hpp>
#include <string>

// `packages`: the members of that object.
inline lapstrake::packages::npm::LockFile lock_of(const std::string& packages) {
  return lapstrake::packages::npm::parse_lock_file(
      lapstrake::cat(R"({"name": "app", "lockfileVersion": 3, "packages": {)", packages, "}}"), "`package-lock.json`");
}
