#include "yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <map>
#include <sstream>
#include <unordered_map>

#include "scalar.hpp"
#include "yaml_error.hpp"

namespace lapstrake::spec {
namespace {

using YAML::Mark;

constexpr std::size_t most_text = 8u << 20;  // bytes of all values with every alias followed

// Parsing cannot continue after this error, which was already reported.
struct Stop {};

// What a value weighs once its aliases are followed.
struct Weight {
  std::size_t values = 1, bytes = 0, height = 1;
};

class NodeBuilder : public YAML::EventHandler {
 public:
  NodeBuilder(const SourceText& source, Findings& findings) : source_(source), findings_(findings) {}

  std::optional<Node> root() && { return std::move(root_); }
  bool has_document() const noexcept { return documents_ > 0; }

  void OnDocumentStart(const Mark& mark) override {
    if (++documents_ > 1)
      refuse(span(mark, 1), "a second YAML document starts here", "remove it: a spec is a single document");
  }
  void OnDocumentEnd() override {}
  void OnNull(const Mark& mark, YAML::anchor_t anchor) override {
    if (wants_key()) refuse(span(mark, 1), "missing key", "write a key before the `:`");
    place(node_of(Node::Kind::null, null_place(source_, span(mark, 1))), {}, anchor);
  }
  void OnAlias(const Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override;
  void OnSequenceStart(const Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    Weight weight;
    YAML::anchor_t anchor = 0;
    std::optional<Member> pending;                // a key that waits for its value
    bool dropped = false;                         // ... which is not kept
    std::unordered_map<std::string, Span> first;  // where each key stood first
  };
  struct Anchored {
    Node node;
    Weight weight;
    bool complete = false;
  };

  [[noreturn]] void refuse(const Span& where, std::string message, std::string hint) {
    findings_.error_in(source_, where, std::move(message), std::move(hint));
    throw Stop{};
  }
  Span span(const Mark& mark, std::size_t bytes) const {
    return source_.span(static_cast<std::size_t>(mark.line), static_cast<std::size_t>(mark.column), bytes);
  }
  Span word(const Mark& mark) const { return span(mark, word_length(source_, span(mark, 1))); }
  bool wants_key() const {
    return !frames_.empty() && frames_.back().node.kind == Node::Kind::map && !frames_.back().pending;
  }
  bool check_tag(const std::string& tag, Node::Kind kind, const Span& where);
  void check_indentation(const Span& where);
  void spend(const Weight& weight, const Span& where);
  void take_key(const std::string& text, const Span& where, bool plain);
  void open(Node::Kind kind, const Mark& mark, const std::string& tag, YAML::anchor_t anchor);
  void close();
  void place(Node node, Weight weight, YAML::anchor_t anchor);

  const SourceText& source_;
  Findings& findings_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::optional<Node> root_;
  std::size_t values_ = 0, bytes_ = 0, documents_ = 0, last_tab_line_ = 0;
};

// Only the tags of plain text, lists and mappings say nothing new.
bool NodeBuilder::check_tag(const std::string& tag, Node::Kind kind, const Span& where) {
  static constexpr std::string_view core = "tag:yaml.org,2002:";
  if (tag.empty() || tag == "?" || tag == "!") return true;
  const std::string_view wanted = kind == Node::Kind::text ? "str" : kind == Node::Kind::list ? "seq" : "map";
  if (tag.starts_with(core) && tag.substr(core.size()) == wanted) return true;
  const auto shown = tag.starts_with(core) ? cat("!!", tag.substr(core.size())) : tag;
  findings_.error_in(source_, where, cat("the YAML tag ", in_quotes(shown), " is not supported"),
                     tag.starts_with(core) ? "remove it: the key determines the type"
                                           : "remove it, or quote the text if it starts with `!`");
  return false;
}

// YAML forbids tabs there, yaml-cpp takes some of them.
void NodeBuilder::check_indentation(const Span& where) {
  if (where.line == last_tab_line_) return;
  const auto line = source_.line(where.line);
  const auto before = line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
  if (before.find('\t') == std::string_view::npos || where.column < before.find('\t') + 1) return;
  last_tab_line_ = where.line;
  findings_.error_in(source_, {.line = where.line, .column = before.find('\t') + 1}, "tab in the indentation",
                     "use spaces: YAML does not allow tabs here");
}

void NodeBuilder::spend(const Weight& weight, const Span& where) {
  values_ += weight.values;
  bytes_ += weight.bytes;
  if (values_ > most_values)
    refuse(where, cat("the document has more than ", most_values, " values after expanding its aliases"), "");
  if (bytes_ > most_text)
    refuse(where, cat("the document exceeds ", human_size(most_text), " after expanding its aliases"), "");
}

void NodeBuilder::OnAlias(const Mark& mark, YAML::anchor_t anchor) {
  const auto where = word(mark);
  if (wants_key()) refuse(where, "an alias cannot be a key", "write the key itself");
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end() || !found->second.complete)
    refuse(where, "recursive alias", "it refers to a value that contains it");
  if (frames_.size() + found->second.weight.height > most_depth)
    refuse(where, cat("the document is nested deeper than ", most_depth, " levels"), "");
  spend(found->second.weight, where);
  place(found->second.node, found->second.weight, 0);
}

void NodeBuilder::OnScalar(const Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) {
  const auto extent = scalar_extent(source_, span(mark, 1), value);
  if (!extent.closed) refuse(extent.where, "missing closing quote", "the text runs to the end of the file");
  check_indentation(extent.where);
  bool plain = tag == "?";
  if (!check_tag(tag, Node::Kind::text, word(mark))) plain = false;
  if (value.find('\0') != std::string::npos || !is_utf8(value))
    refuse(extent.where, "the text contains a NUL or invalid UTF-8", "remove the escape");
  if (wants_key()) return take_key(value, extent.where, plain);
  spend({.values = 1, .bytes = value.size()}, extent.where);
  Node node = node_of(Node::Kind::text, extent.where);
  node.text = value;
  node.plain = plain;
  place(std::move(node), {.values = 1, .bytes = value.size()}, anchor);
}

void NodeBuilder::take_key(const std::string& text, const Span& where, bool plain) {
  auto& frame = frames_.back();
  frame.pending = Member{text, where, {}};
  frame.dropped = false;
  if (plain && text == "<<") {
    findings_.error_in(source_, where, "merge keys (`<<`) are not supported",
                       "use `vars:`, `environments:` or an alias for the whole value");
    frame.dropped = true;
    return;
  }
  const auto [first, is_new] = frame.first.emplace(text, where);
  if (is_new) return;
  findings_.error_in(source_, where, cat("duplicate key ", in_quotes(text)),
                     cat("the first is at line ", first->second.line, ", column ", first->second.column));
  frame.dropped = true;
}

void NodeBuilder::open(Node::Kind kind, const Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
  const auto where = collection_start(source_, span(mark, 1));
  if (wants_key()) refuse(where, cat("a key must be text, not ", kind_name(kind)), "quote it if it is text");
  if (frames_.size() + 1 > most_depth)
    refuse(where, cat("the document is nested deeper than ", most_depth, " levels"), "");
  check_tag(tag, kind, word(mark));
  spend({}, where);
  if (anchor != 0) anchors_[anchor] = {};
  frames_.push_back({.node = node_of(kind, where), .weight = {}, .anchor = anchor, .pending = {}, .first = {}});
}

void NodeBuilder::close() {
  auto frame = std::move(frames_.back());
  frames_.pop_back();
  place(std::move(frame.node), frame.weight, frame.anchor);
}

void NodeBuilder::place(Node node, Weight weight, YAML::anchor_t anchor) {
  if (anchor != 0) {
    spend(weight, node.where);  // the copy
    anchors_[anchor] = {.node = node, .weight = weight, .complete = true};
  }
  if (frames_.empty()) {
    root_ = std::move(node);
    return;
  }
  auto& frame = frames_.back();
  frame.weight.values += weight.values;
  frame.weight.bytes += weight.bytes;
  frame.weight.height = std::max(frame.weight.height, weight.height + 1);
  if (frame.node.kind == Node::Kind::list) {
    frame.node.items.push_back(std::move(node));
    return;
  }
  auto member = std::move(*frame.pending);
  frame.pending.reset();
  if (node.kind == Node::Kind::null) node.where = member.where;  // yaml-cpp puts nothing anywhere
  member.value = std::move(node);
  if (!frame.dropped) frame.node.members.push_back(std::move(member));
}

}  // namespace

std::optional<Node> parse_yaml(const SourceText& source, Findings& findings) {
  if (!is_plain_text(source, findings)) return std::nullopt;
  NodeBuilder builder(source, findings);
  try {
    std::istringstream in(source.text());
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop&) {
    return std::nullopt;
  } catch (const YAML::Exception& mistake) {
    report_yaml_error(source, static_cast<std::size_t>(std::max(mistake.mark.line, 0)),
                      static_cast<std::size_t>(std::max(mistake.mark.column, 0)), mistake.msg, findings);
    return std::nullopt;
  }
  if (!builder.has_document())
    findings.error_in(source, {}, "the file is empty", "", "start with `images:`, or see `lapstrake help`");
  return std::move(builder).root();
}

bool is_plain_text(const SourceText& source, Findings& findings) {
  const std::string_view text = source.text();
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    findings.error_in(source, {}, "the file is UTF-16", "", "save it as UTF-8");
    return false;
  }
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x20 && c != '\n' && c != '\r' && c != '\t') {
      findings.error_in(source, source.span_at(at, 1), c == 0 ? "NUL byte" : "control character",
                        "remove it: a text file cannot contain it");
      return false;
    }
    std::size_t length = 1;
    while (c >= 0x80 && length < 4 && at + length < text.size() &&
           (static_cast<unsigned char>(text[at + length]) & 0xc0) == 0x80)
      ++length;
    if (c >= 0x80 && !is_utf8(text.substr(at, length))) {
      findings.error_in(source, source.span_at(at, 1), "invalid UTF-8", "save the file as UTF-8");
      return false;
    }
    at += length;
  }
  return true;
}

}  // namespace lapstrake::spec
