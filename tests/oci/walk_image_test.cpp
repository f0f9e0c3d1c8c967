#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/walk_image.hpp>
#include <map>

#include "oci/samples.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::oci;

namespace {

struct Graph {
  std::map<std::string, std::string> texts;
  std::vector<std::string> visited;
  int reads = 0;

  Descriptor put(const std::string& text, std::string_view type) {
    auto descriptor = descriptor_of(text, type);
    texts[descriptor.digest.text()] = text;
    return descriptor;
  }
  Descriptor manifest(const std::string& layer) {
    const Manifest manifest{.media_type = std::string(media_type::manifest),
                            .config = descriptor_of("config", media_type::config),
                            .layers = {descriptor_of(layer, media_type::layer)}};
    return put(render(manifest), media_type::manifest);
  }
  Descriptor index(std::vector<Descriptor> children) {
    return put(render(Index{.media_type = std::string(media_type::index), .manifests = std::move(children)}),
               media_type::index);
  }
  Descriptor nested(std::uint64_t levels) {
    auto root = manifest("layer");
    for (std::uint64_t i = 0; i < levels; ++i) root = index({root});
    return root;
  }
  ReadText read() {
    return [this](const Descriptor& blob) {
      ++reads;
      const auto found = texts.find(blob.digest.text());
      if (found == texts.end()) throw Error(ErrorKind::input, "missing");
      return found->second;
    };
  }
  ImageVisitor visitor() {
    return {.leave = [this](const WalkedBlob& blob) { visited.push_back(blob.descriptor.digest.text()); }};
  }
};

std::string id(const Descriptor& blob) { return blob.digest.text(); }
std::string id(const std::string& text) { return Digest::of(text).text(); }

}  // namespace

TEST_CASE("a walk leaves each blob once, after all that it refers to") {
  Graph graph;
  const auto one = graph.manifest("one"), two = graph.manifest("two");
  const auto inner = graph.index({two, one});
  const auto root = graph.index({one, inner, two});
  walk_image("it", root, graph.read(), graph.visitor());
  CHECK(graph.visited == std::vector{id("one"), id("config"), id(one), id("two"), id(two), id(inner), id(root)});
  CHECK(graph.reads == 4);
}

TEST_CASE("a walk takes as many levels of indexes as the limit, and not one more") {
  Graph graph;
  walk_image("it", graph.nested(limits::nested_indexes), graph.read(), graph.visitor());
  CHECK(graph.visited.size() == limits::nested_indexes + 3);
  CHECK_THROWS_WITH(walk_image("it", graph.nested(limits::nested_indexes + 1), graph.read(), graph.visitor()),
                    Contains("`it` has indexes nested deeper than 4 levels"));
}

TEST_CASE("a walk skips the references that its visitor does not follow") {
  Graph graph;
  const auto root = graph.index({graph.manifest("one"), descriptor_of("other", "text/plain")});
  auto visitor = graph.visitor();
  visitor.follow = [](const Descriptor&, const WalkedBlob& parent) { return !parent.index; };
  walk_image("it", root, graph.read(), visitor);
  CHECK(graph.visited == std::vector{id(root)});
}

TEST_CASE("a walk continues behind a blob whose error its visitor takes") {
  Graph graph;
  const auto good = graph.manifest("one");
  const auto root = graph.index({descriptor_of("absent", media_type::manifest), good});
  CHECK_THROWS_WITH(walk_image("it", root, graph.read(), graph.visitor()), Contains("missing"));
  graph.visited.clear();
  auto visitor = graph.visitor();
  visitor.failed = [&](const Descriptor& blob, const Error&) { graph.visited.push_back(cat("!", id(blob))); };
  walk_image("it", root, graph.read(), visitor);
  CHECK(graph.visited == std::vector{cat("!", id("absent")), id("one"), id("config"), id(good), id(root)});
}

TEST_CASE("a walk reads no more texts than the limit") {
  Graph graph;
  std::vector<Descriptor> children;
  for (std::uint64_t i = 0; i < limits::visited_manifests; ++i)
    children.push_back(graph.put(cat(i), media_type::index));
  const auto root = graph.index(children);
  auto visitor = graph.visitor();
  std::string last;
  visitor.failed = [&](const Descriptor&, const Error& error) { last = error.summary(); };
  walk_image("it", root, graph.read(), visitor);
  CHECK(last == "`it` refers to more than 10000 manifests and blobs");
  CHECK(graph.reads == 10'000);
}
