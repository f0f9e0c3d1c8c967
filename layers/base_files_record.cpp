// The file tree of a base as bytes: what was read from its layers once is not read again.
#include <lapstrake/layers/base_files.hpp>

#include <lapstrake/base/records.hpp>

namespace lapstrake::layers {
namespace {

constexpr std::string_view base_files_record_magic = "lapstrake base files 5\n";
constexpr std::size_t least_node = 5 * 8, least_text = 2 * 8;  // bytes
constexpr std::uint32_t dropped = 1u << 31;

std::uint64_t pair_of(std::uint32_t high, std::uint32_t low) { return std::uint64_t{high} << 32 | low; }
std::uint32_t high(std::uint64_t pair) { return static_cast<std::uint32_t>(pair >> 32); }
std::uint32_t low(std::uint64_t pair) { return static_cast<std::uint32_t>(pair); }

}  // namespace

// Piece by piece: the whole of it would be the names in memory once more.
void BaseFiles::write(const Sink& sink) const {
  sink(as_bytes(base_files_record_magic));
  SummedSink out(sink);
  RecordWriter records;
  records.number(tree_.layers());
  records.number(tree_.nodes().size());
  std::vector<const MergedTree<BaseFile>::Nodes::value_type*> texts;
  for (const auto& each : tree_.nodes()) {
    const auto& [path, node] = each;
    const bool has_text = node.text == BaseFile::Text::kept;
    if (has_text) texts.push_back(&each);
    records.text(path);
    records.number(pair_of(static_cast<std::uint32_t>(node.kind) | (node.text == BaseFile::Text::dropped ? dropped : 0),
                           node.mode));
    records.number(pair_of(node.uid, node.gid));
    records.number(node.layer);
    records.text(has_text ? std::string_view() : node.target);
    out.write_if_full(records);
  }
  records.number(texts.size());
  for (const auto* each : texts) {
    records.text(each->first);
    records.text(each->second.target);
    out.write_if_full(records);
  }
  out.write(records);
  out.finish();
}

std::string BaseFiles::to_bytes() const {
  std::string bytes;
  write([&](Bytes piece) { bytes += as_text(piece); });
  return bytes;
}

std::optional<BaseFiles> BaseFiles::from_bytes(std::string_view bytes) {
  const auto body = summed_body(bytes, base_files_record_magic);
  if (!body) return std::nullopt;
  RecordReader in(*body);
  BaseFiles files;
  files.tree_.set_layers(static_cast<std::uint32_t>(in.number()));
  for (std::size_t left = in.count(least_node); left > 0 && !in.failed(); --left) {
    const auto path = in.text();
    const auto kind_and_mode = in.number(), owner = in.number(), layer = in.number();
    const bool was_dropped = (high(kind_and_mode) & dropped) != 0;
    files.tree_.append(path, {{.kind = static_cast<Kind>(high(kind_and_mode) & ~dropped),
                               .text = was_dropped ? BaseFile::Text::dropped : BaseFile::Text::none,
                               .mode = low(kind_and_mode),
                               .uid = high(owner),
                               .gid = low(owner),
                               .target = std::string(in.text())},
                              static_cast<std::uint32_t>(layer)});
  }
  for (std::size_t left = in.count(least_text); left > 0 && !in.failed(); --left) {
    auto* node = files.tree_.find(in.text());
    if (node == nullptr) return std::nullopt;
    node->text = BaseFile::Text::kept;
    node->target = in.text();
  }
  if (in.failed() || !in.ended()) return std::nullopt;
  return files;
}

}  // namespace lapstrake::layers
