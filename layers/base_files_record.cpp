// The file tree of a base as bytes: what was read from its layers once is not read again.
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/layers/base_files.hpp>

#include "records.hpp"

namespace lapstrake::layers {
namespace {

constexpr std::string_view magic = "lapstrake base files 1\n";
constexpr std::size_t least_node = 5 * 8, least_text = 2 * 8;  // bytes

std::uint64_t pair_of(std::uint32_t high, std::uint32_t low) { return std::uint64_t{high} << 32 | low; }
std::uint32_t high(std::uint64_t pair) { return static_cast<std::uint32_t>(pair >> 32); }
std::uint32_t low(std::uint64_t pair) { return static_cast<std::uint32_t>(pair); }

}  // namespace

std::string BaseFiles::to_bytes() const {
  RecordWriter out;
  out.number(layers_);
  out.number(nodes_.size());
  for (const auto& [path, node] : nodes_) {
    out.text(path);
    out.number(pair_of(static_cast<std::uint32_t>(node.kind), node.mode));
    out.number(pair_of(node.uid, node.gid));
    out.number(node.layer);
    out.text(node.target);
  }
  out.number(texts_.size());
  for (const auto& [path, text] : texts_) {
    out.text(path);
    out.text(text);
  }
  const std::string body = out.take();
  std::string bytes(magic);
  bytes += as_text(sha256(as_bytes(body)));
  return bytes += body;
}

std::optional<BaseFiles> BaseFiles::from_bytes(std::string_view bytes) {
  if (!bytes.starts_with(magic)) return std::nullopt;
  RecordReader outer(bytes.substr(magic.size()));
  const auto sum = outer.fixed<32>();
  if (outer.failed()) return std::nullopt;
  const auto body = bytes.substr(magic.size() + sum.size());
  if (sha256(as_bytes(body)) != sum) return std::nullopt;
  RecordReader in(body);
  BaseFiles files;
  files.layers_ = static_cast<std::uint32_t>(in.number());
  for (std::size_t left = in.count(least_node); left > 0 && !in.failed(); --left) {
    const auto path = in.text();
    const auto kind_and_mode = in.number(), owner = in.number(), layer = in.number();
    Node node{.kind = static_cast<Kind>(high(kind_and_mode)),
              .mode = low(kind_and_mode),
              .uid = high(owner),
              .gid = low(owner),
              .target = std::string(in.text()),
              .layer = static_cast<std::uint32_t>(layer)};
    files.nodes_.emplace_hint(files.nodes_.end(), path, std::move(node));  // they were written in this order
  }
  for (std::size_t left = in.count(least_text); left > 0 && !in.failed(); --left) {
    const auto path = in.text();
    files.texts_.emplace(path, in.text());
  }
  if (in.failed() || !in.ended()) return std::nullopt;
  return files;
}

}  // namespace lapstrake::layers
