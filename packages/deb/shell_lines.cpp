#include "shell_lines.hpp"

#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::deb::shell {
namespace {

using Kind = ShellNode::Kind;

class Writer {
 public:
  void write(const ShellNode& node) {
    switch (node.kind) {
      case Kind::list:
        for (const auto& part : node.parts) write(part);
        break;
      case Kind::group: enclosed(node, "{", "}"); break;
      case Kind::subshell: enclosed(node, "(", ")"); break;
      case Kind::branches: branches(node); break;
      case Kind::selection: selection(node); break;
      case Kind::loop: loop(node); break;
      case Kind::function:
        line(node, cat(node.words[0], "()"));
        write(node.parts[0]);
        break;
      default: line(node, in_line(node));
    }
  }
  std::vector<ShellLine> lines;

 private:
  void line(const ShellNode& node, std::string text) {
    lines.push_back({.line = node.line, .text = replace_all(std::move(text), "\n", "\\n")});
  }
  static std::string redirections(const ShellNode& node) {
    return node.redirections.empty() ? "" : cat(" ", join(node.redirections, " "));
  }
  void close(const ShellNode& node, std::string_view word) {
    line(lines.empty() ? node : ShellNode{.line = lines.back().line}, cat(word, redirections(node)));
  }

  void enclosed(const ShellNode& node, std::string_view open, std::string_view end) {
    line(node, std::string(open));
    for (const auto& part : node.parts) write(part);
    close(node, end);
  }

  void branches(const ShellNode& node) {
    for (std::size_t i = 0; i < node.parts.size(); i += 2) {
      if (i + 1 == node.parts.size()) {
        line(node.parts[i], "else");
        write(node.parts[i]);
      } else {
        line(node.parts[i], cat(i == 0 ? "if " : "elif ", in_line(node.parts[i]), "; then"));
        write(node.parts[i + 1]);
      }
    }
    close(node, "fi");
  }

  void selection(const ShellNode& node) {
    line(node, cat("case ", node.words[0], " in"));
    for (const auto& arm : node.parts) {
      line(arm, cat(join(arm.words, " | "), ")"));
      write(arm.parts[0]);
    }
    close(node, "esac");
  }

  void loop(const ShellNode& node) {
    const auto condition = node.parts.size() == 2 ? cat(" ", in_line(node.parts[0])) : std::string();
    line(node, cat(join(node.words, " "), condition, "; do"));
    write(node.parts.back());
    close(node, "done");
  }

  // On one line, whatever it is.
  static std::string in_line(const ShellNode& node) {
    const auto joined = [&](std::string_view between) {
      std::vector<std::string> parts;
      for (const auto& part : node.parts) parts.push_back(in_line(part));
      return join(parts, between);
    };
    switch (node.kind) {
      case Kind::simple: return std::string(trim(cat(join(node.words, " "), redirections(node))));
      case Kind::list: return joined("; ");
      case Kind::pipeline: return joined(" | ");
      case Kind::both: return joined(" && ");
      case Kind::either: return joined(" || ");
      case Kind::negation: return cat("! ", joined(""));
      case Kind::group: return cat("{ ", joined("; "), "; }", redirections(node));
      case Kind::subshell: return cat("( ", joined("; "), " )", redirections(node));
      default: break;
    }
    Writer inner;
    inner.write(node);
    std::vector<std::string> texts;
    for (auto& written : inner.lines) texts.push_back(std::move(written.text));
    return join(texts, " ");
  }
};

}  // namespace

std::vector<ShellLine> lines_of_shell(const ShellNode& node) {
  Writer writer;
  writer.write(node);
  return std::move(writer.lines);
}

}  // namespace lapstrake::packages::deb::shell
