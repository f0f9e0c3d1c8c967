// The files of a base, laid layer on layer: whatever its links and whiteouts say, all lies in folders, no path leaves
// the image, and what is remembered of it is the same.
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/layers/tar.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

// An entry a line: its kind's letter, its path and, behind a blank, its target.
Entry entry_of(std::string_view line) {
  Entry entry;
  const auto kind = std::string_view("fdlh").find(line.front());
  if (kind < 4) entry.kind = static_cast<Kind>(kind);
  const auto blank = std::min(line.find(' '), line.size());
  entry.path = line.substr(1, blank - 1);
  if (entry.kind == Kind::symlink || entry.kind == Kind::hardlink)
    entry.target = std::string(blank < line.size() ? line.substr(blank + 1) : "f");
  if (entry.kind == Kind::file) entry.size = 4;
  return entry;
}

std::string tar_of(std::string_view layer) {
  std::string out;
  TarWriter tar([&](Bytes bytes) { out += as_text(bytes); }, 0);
  for (const auto& line : split(layer, '\n')) {
    if (line.size() < 2 || line[1] == ' ' || line.find('\0') != std::string::npos) continue;
    const auto entry = entry_of(line);
    tar.header(entry);
    tar.data(as_bytes(std::string_view("text").substr(0, entry.size)));
  }
  tar.finish();
  return out;
}

bool is_inside(const std::string& path) {
  const auto parts = split(path, '/');
  return path.empty() || std::ranges::none_of(parts, [](const auto& part) { return part.empty() || part == ".."; });
}

void hold_folder(const BaseFiles& files, const std::string& folder) {
  for (const auto& name : files.names_in(folder)) {
    const auto path = folder.empty() ? name : cat(folder, "/", name);
    const auto* node = files.find(path);
    hold(node != nullptr && is_inside(path), "what a folder lists is there");
    hold(node->layer >= 1, "what is there came with a layer");
    const auto real = attempt(ErrorKind::input, [&] { return files.follow(path); });
    hold(!real || is_inside(*real), "no link leads out of the image");
    hold(!real || node->kind != Kind::symlink || files.find(*real) == nullptr ||
             files.find(*real)->kind != Kind::symlink,
         "a link is followed to its end");
    if (node->kind == Kind::directory)
      hold_folder(files, path);
    else
      hold(files.names_in(path, 1).empty(), "only folders hold files");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  BaseFiles files;
  const auto input = text_of(data, size);
  for (const auto& layer : split(input, '-')) {
    const auto tar = tar_of(layer);
    try {
      files.add_layer(source_of(tar), "the layer");
    } catch (const Error& error) {
      hold(error.kind() == ErrorKind::integrity || error.kind() == ErrorKind::input,
           "a bad base has its own exit code");
      hold(is_for_terminals(report(error)), "a bad base can be told to a person");
      return 0;
    }
  }
  hold_folder(files, "");
  const auto bytes = files.to_bytes();
  const auto again = BaseFiles::from_bytes(bytes);
  hold(again && again->to_bytes() == bytes, "what is remembered is the same");
  return 0;
}
