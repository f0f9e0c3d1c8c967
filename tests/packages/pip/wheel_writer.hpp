// Builds wheels for tests, with a correct RECORD unless a test replaces it.
#pragma once
#include <algorithm>
#include <functional>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/checksum.hpp>
#include <lapstrake/packages/pip/wheel.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <optional>
#include <string>
#include <vector>

#include "packages/zip_writer.hpp"
#include "support/temp_dir.hpp"

struct TestWheel {
  std::string name = "demo", version = "1.0";
  std::vector<ZipPart> files = {};  // beside those of dist-info
  std::string entry_points = {};
  std::string tag = "py3-none-any";
  std::optional<std::string> metadata = {}, wheel = {}, dist_info = {};  // else the usual
  std::function<std::string(std::string)> change_record = [](std::string record) { return record; };

  std::string file_name() const { return lapstrake::cat(name, "-", version, "-", tag, ".whl"); }
};

inline std::string record_checksum(std::string_view content) {
  lapstrake::packages::Hasher hasher(lapstrake::packages::HashAlgorithm::sha256);
  hasher.write(lapstrake::as_bytes(content));
  return lapstrake::cat("sha256=", hasher.finish().base64_url());
}

inline std::string bytes_of(const TestWheel& wheel) {
  using lapstrake::cat;
  const std::string folder = wheel.dist_info.value_or(cat(wheel.name, "-", wheel.version, ".dist-info"));
  auto parts = wheel.files;
  const auto add = [&](std::string_view name, std::string content) {
    parts.push_back({.name = cat(folder, "/", name), .content = std::move(content)});
  };
  add("METADATA", wheel.metadata.value_or(
                      cat("Metadata-Version: 2.1\nName: ", wheel.name, "\nVersion: ", wheel.version, "\n\nText\n")));
  add("WHEEL", wheel.wheel.value_or(cat("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: ", wheel.tag, "\n")));
  if (!wheel.entry_points.empty()) add("entry_points.txt", wheel.entry_points);
  std::string record;
  for (const auto& part : parts)
    if (!part.name.ends_with('/'))
      record += cat(part.name, ",", record_checksum(part.content), ",", part.content.size(), "\n");
  record += cat(folder, "/RECORD,,\n");
  std::erase_if(parts, [](const ZipPart& part) { return part.content == "DELETED"; });
  add("RECORD", wheel.change_record(record));
  return zip_of(parts);
}

// Verifies the wheel, and unpacks it into a file of the folder.
inline lapstrake::packages::UnpackedArchive unpacked(const TestWheel& wheel, const TempDir& folder) {
  using namespace lapstrake::packages;
  const std::string bytes = bytes_of(wheel);
  std::string out;
  UnpackedArchiveWriter writer([&](lapstrake::Bytes piece) { out += lapstrake::as_text(piece); });
  pip::unpack_wheel(random_access(bytes), wheel.file_name(), {.name = wheel.name, .version = wheel.version}, writer);
  writer.finish();
  const auto path = folder.write(wheel.file_name(), out);
  const auto archive = UnpackedArchive::open(path, pip::description_of_wheel(wheel.file_name()), wheel.file_name());
  REQUIRE(archive);
  return *archive;
}
