#include <lapstrake/base/text.hpp>
#include <lapstrake/base/unified_diff.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lapstrake {
namespace {

constexpr std::size_t context_lines = 3;
// Beyond this many cells the differing middle is shown as replaced as a whole.
constexpr std::size_t most_cells = 16'000'000;

using Lines = std::vector<std::string>;

struct Edit {
  char mark;  // ' ', '-' or '+'
  std::string line;
};

Lines lines_of(std::string_view text) {
  auto lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

// The lengths of the longest common subsequences of all pairs of tails, row by row.
class Tails {
 public:
  Tails(const Lines& a, const Lines& b) : width_(b.size() + 1), cells_((a.size() + 1) * width_) {
    for (std::size_t i = a.size(); i-- > 0;)
      for (std::size_t j = b.size(); j-- > 0;)
        cells_[i * width_ + j] = a[i] == b[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
  }
  std::uint32_t at(std::size_t i, std::size_t j) const { return cells_[i * width_ + j]; }

 private:
  std::size_t width_;
  std::vector<std::uint32_t> cells_;
};

void edit_middle(const Lines& a, const Lines& b, std::vector<Edit>& edits) {
  std::size_t i = 0, j = 0;
  if ((a.size() + 1) * (b.size() + 1) <= most_cells) {
    const Tails tails(a, b);
    while (i < a.size() && j < b.size()) {
      if (a[i] == b[j])
        edits.push_back({' ', a[i++]}), ++j;
      else if (tails.at(i + 1, j) >= tails.at(i, j + 1))
        edits.push_back({'-', a[i++]});
      else
        edits.push_back({'+', b[j++]});
    }
  }
  while (i < a.size()) edits.push_back({'-', a[i++]});
  while (j < b.size()) edits.push_back({'+', b[j++]});
}

std::vector<Edit> edits_between(const Lines& a, const Lines& b) {
  const auto [a_stop, b_stop] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto head = a_stop - a.begin();
  auto a_end = a.end(), b_end = b.end();
  while (a_end != a_stop && b_end != b_stop && *(a_end - 1) == *(b_end - 1)) --a_end, --b_end;
  std::vector<Edit> edits;
  for (auto line = a.begin(); line != a.begin() + head; ++line) edits.push_back({' ', *line});
  edit_middle({a_stop, a_end}, {b_stop, b_end}, edits);
  for (auto line = a_end; line != a.end(); ++line) edits.push_back({' ', *line});
  return edits;
}

// "12,3" as `diff -u` counts: a side without lines is told by the line before it.
std::string range(std::size_t before, std::size_t count) {
  const std::size_t first = count == 0 ? before : before + 1;
  return count == 1 ? cat(first) : cat(first, ",", count);
}

struct Hunk {
  std::size_t begin, end;  // of the edits
};

std::vector<Hunk> hunks_of(const std::vector<Edit>& edits) {
  std::vector<Hunk> hunks;
  for (std::size_t i = 0; i < edits.size(); ++i) {
    if (edits[i].mark == ' ') continue;
    const Hunk hunk{i > context_lines ? i - context_lines : 0, std::min(edits.size(), i + 1 + context_lines)};
    if (!hunks.empty() && hunk.begin <= hunks.back().end)
      hunks.back().end = hunk.end;
    else
      hunks.push_back(hunk);
  }
  return hunks;
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, std::string_view before_name,
                         std::string_view after_name) {
  const auto edits = edits_between(lines_of(before), lines_of(after));
  const auto hunks = hunks_of(edits);
  if (hunks.empty()) return "";
  std::string out = cat("--- ", before_name, "\n+++ ", after_name, "\n");
  std::size_t old_line = 0, new_line = 0, at = 0;
  const auto pass = [&](std::size_t end, std::string* text) {
    for (; at < end; ++at) {
      if (edits[at].mark != '+') ++old_line;
      if (edits[at].mark != '-') ++new_line;
      if (text != nullptr) *text += cat(edits[at].mark, edits[at].line, "\n");
    }
  };
  for (const auto& hunk : hunks) {
    pass(hunk.begin, nullptr);
    const std::size_t old_before = old_line, new_before = new_line;
    std::string body;
    pass(hunk.end, &body);
    out += cat("@@ -", range(old_before, old_line - old_before), " +", range(new_before, new_line - new_before),
               " @@\n", body);
  }
  return out;
}

}  // namespace lapstrake
