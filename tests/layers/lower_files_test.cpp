// Reading files of the layers below.
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/lower_files.hpp>
#include <map>

#include "layers/entries.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

std::string tar_of_layer(const std::vector<Entry>& entries) {
  std::string out;
  TarWriter writer([&](Bytes bytes) { out += as_text(bytes); }, 0);
  for (const auto& entry : entries) {
    writer.header(entry);
    if (const auto* text = std::get_if<std::string>(&entry.content)) writer.data(as_bytes(*text));
  }
  writer.finish();
  return out;
}

using Contents = std::map<std::string, std::string>;

Contents read_lower(const std::vector<Entry>& lower, const std::vector<Entry>& layer,
                    const std::set<std::string>& paths) {
  BaseFiles tree;
  tree.add_layer(lower);
  tree.add_layer(layer);
  const auto blob = tar_of_layer(layer);
  Contents out;
  read_files(
      tree, [&] { return source_of(blob); }, "the layer", paths,
      [&](const std::set<std::string>& names, const Entry&, const Source& content) {
        const auto text = read_all(content, 1000, "x");
        for (const auto& name : names) out[name] = text;
      });
  return out;
}

}  // namespace

TEST_CASE("a file is read from its layer, whatever path leads there") {
  const std::vector<Entry> lower{folder("usr"), folder("usr/bin"), link(Kind::symlink, "bin", "usr/bin")};
  CHECK(read_lower(lower, {file("bin/tool", "linked"), file("usr/other", "o"), file("tool", "root")},
                   {"usr/bin/tool", "tool"}) == Contents{{"usr/bin/tool", "linked"}, {"tool", "root"}});
}

TEST_CASE("the last of several members counts, and a hard link has the content of its target") {
  CHECK(read_lower({},
                   {file("a", "first"), file("a", "second"), file("b", "b"), link(Kind::hardlink, "c", "b"),
                    link(Kind::hardlink, "d", "b")},
                   {"a", "c", "d"}) == Contents{{"a", "second"}, {"c", "b"}, {"d", "b"}});
  CHECK(read_lower({}, {file("b", "b"), link(Kind::hardlink, "c", "b"), file("c", "own")}, {"c"}) ==
        Contents{{"c", "own"}});
}

TEST_CASE("a layer that lacks a file is refused") {
  const auto error = failure_of([] { read_lower({file("a", "below")}, {file("b", "b")}, {"a"}); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(error.summary() == "cannot read `/a`");
}

TEST_CASE("files of assembled layers are read from their entries") {
  const std::vector<Entry> entries{file("a", "text"), link(Kind::hardlink, "b", "a"), folder("c")};
  Contents out;
  read_files(entries, {"a", "b"}, [&](const std::set<std::string>& names, const Entry&, const Source& content) {
    const auto text = read_all(content, 1000, "x");
    for (const auto& name : names) out[name] = text;
  });
  CHECK(out == Contents{{"a", "text"}, {"b", "text"}});
  CHECK(failure_of([&] { read_files(entries, {"c"}, [](const auto&, const auto&, const auto&) {}); }).kind() ==
        ErrorKind::integrity);
}
