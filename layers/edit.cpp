#include "edit.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <set>

#include "paths.hpp"

namespace lapstrake::layers {
namespace {

// Where the file is.
std::string real_path(const oci::Edit& edit, const BaseFiles& below) {
  const std::string path = below.follow(image_path(edit.path));
  const auto* node = below.find(path);
  if (node == nullptr) {
    Error error(ErrorKind::input, cat(cat("`/", printable(path, 4096), "`"), " does not exist in the layers below"));
    if (const auto near = nearest(name_of(path), below.names_in(parent_of(path))))
      error.helped_by(cat("did you mean `/", printable(joined(parent_of(path), *near)), "`?"));
    error.helped_by("write the file with `files:`");
    throw error;
  }
  if (node->kind != Kind::file)
    throw Error(ErrorKind::input, cat(cat("`/", printable(path, 4096), "`"), " is not a file"));
  return path;
}

// Offsets that do not overlap.
std::vector<std::size_t> occurrences(std::string_view text, std::string_view part) {
  std::vector<std::size_t> out;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) out.push_back(at);
  return out;
}

// "lines 3, 7": at most ten of them.
std::string lines_of(std::string_view text, const std::vector<std::size_t>& offsets) {
  constexpr std::size_t most = 10;
  std::vector<std::string> lines;
  std::ptrdiff_t line = 1;
  std::size_t from = 0;
  for (const auto at : offsets) {
    if (lines.size() == most) break;
    line += std::count(text.begin() + static_cast<std::ptrdiff_t>(from), text.begin() + static_cast<std::ptrdiff_t>(at),
                       '\n');
    from = at;
    lines.push_back(cat(line));
  }
  return cat(lines.size() == 1 ? "line " : "lines ", join(lines, ", "), offsets.size() > most ? ", ..." : "");
}

std::string times(std::size_t count) { return count == 1 ? "once" : cat(count, " times"); }

[[noreturn]] void refuse_count(const oci::Edit& edit, std::string_view text, const std::vector<std::size_t>& found) {
  Error error(ErrorKind::usage,
              cat("`", printable(*edit.replace, 200), "` occurs ", found.empty() ? "nowhere" : times(found.size()),
                  " in `", printable(edit.path, 4096), "`, but the edit expects it ", times(edit.times)));
  if (found.empty()) throw error.helped_by("compare the text with the file: it must be the same to the byte");
  error.because(cat("it is in ", lines_of(text, found)));
  throw error.helped_by(
      cat("write `times: ", found.size(), "` to replace all of them, or more of the text around the one to replace"));
}

void expect_size(const oci::Edit& edit, std::uint64_t size) {
  if (size > limits::edited_bytes)
    throw Error(
        ErrorKind::usage,
        cat("`", printable(edit.path, 4096), "` is larger than ", human_size(limits::edited_bytes), " after this edit"),
        "copy the changed file from the project instead");
}

std::string edited(const oci::Edit& edit, std::string text) {
  if (!edit.replace) {
    expect_size(edit, text.size() + edit.append.size());
    return text + edit.append;
  }
  const auto found = occurrences(text, *edit.replace);
  if (found.size() != edit.times) refuse_count(edit, text, found);
  expect_size(edit, text.size() + found.size() * edit.with.size());
  std::string out;
  std::size_t from = 0;
  for (const auto at : found) {
    out.append(text, from, at - from).append(edit.with);
    from = at + edit.replace->size();
  }
  return out.append(text, from);
}

}  // namespace

void add_edits(const std::vector<oci::Edit>& edits, const BaseFiles& below, const AssembleOptions& options,
               Candidates& out) {
  if (edits.empty()) return;
  const auto in_step = [](const oci::Edit& edit, auto&& act) {
    return step(origin_of("edit", edit.path, edit.where), act);
  };
  std::vector<std::string> paths;
  for (const auto& edit : edits) paths.push_back(in_step(edit, [&] { return real_path(edit, below); }));
  if (!options.read_below) throw Error(ErrorKind::internal, "nothing reads the files that `edit:` changes");
  auto files = options.read_below({paths.begin(), paths.end()});
  std::map<std::string, std::size_t> first;  // of each file, its edit
  for (std::size_t i = 0; i < edits.size(); ++i) {
    first.try_emplace(paths[i], i);
    auto& text = files.at(paths[i]).text;
    text = in_step(edits[i], [&] { return edited(edits[i], std::move(text)); });
  }
  for (const auto& [path, i] : first) {
    const auto& node = *below.find(path);
    auto& file = files.at(path);
    Entry entry;
    entry.path = path;
    entry.mode = node.mode;
    entry.uid = node.uid;
    entry.gid = node.gid;
    entry.size = file.text.size();
    entry.xattrs = std::move(file.xattrs);
    entry.content = std::move(file.text);
    entry.origin = origin_of("edit", edits[i].path, edits[i].where);
    out.add({.entry = std::move(entry)});
  }
}

}  // namespace lapstrake::layers
