#include <algorithm>
#include <lapstrake/packages/pip/record.hpp>

#include "invalid_wheel.hpp"

namespace lapstrake::packages::pip {
namespace {

// Rows of CSV as Python's csv module writes them: quotes where they are needed, "" for a quote (RFC 4180).
class CsvRows {
 public:
  CsvRows(std::string_view text, std::string_view what) : rest_(text), what_(what) {}

  bool ended() const { return rest_.empty(); }
  std::vector<std::string> next() {
    ++number_;
    std::vector<std::string> row;
    do row.push_back(rest_.starts_with('"') ? quoted_field() : plain_field());
    while (take(","));
    if (!take("\r\n") && !take("\n") && !take("\r") && !rest_.empty()) refuse("has text after a closing quote");
    return row;
  }
  [[noreturn]] void refuse(std::string_view flaw) const {
    throw invalid_wheel(what_, cat("its RECORD ", flaw, ": row ", number_));
  }

 private:
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  std::string plain_field() {
    const std::string out(rest_.substr(0, rest_.find_first_of(",\r\n")));
    if (out.find('"') != std::string::npos) refuse("has a quote inside of a field without quotes");
    rest_.remove_prefix(out.size());
    return out;
  }
  std::string quoted_field() {
    std::string out;
    do {
      rest_.remove_prefix(1);
      const auto end = rest_.find('"');
      if (end == std::string_view::npos) refuse("has a quote that is not closed");
      if (is_escaped_) out += '"';
      out += rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      is_escaped_ = rest_.starts_with('"');
    } while (is_escaped_);
    return out;
  }

  std::string_view rest_, what_;
  std::size_t number_ = 0;
  bool is_escaped_ = false;
};

Checksum parse_checksum(const CsvRows& rows, const std::string& field) {
  const auto equals = field.find('=');
  const auto algorithm = parse_hash_algorithm(std::string_view(field).substr(0, equals));
  if (equals == std::string::npos || !algorithm) rows.refuse(cat("has an unknown checksum ", backquoted(field)));
  if (*algorithm < HashAlgorithm::sha256)
    rows.refuse(cat("has a checksum by ", name_of(*algorithm), ", which is weaker than sha256"));
  const auto checksum = Checksum::from_base64(*algorithm, std::string_view(field).substr(equals + 1));
  if (!checksum) rows.refuse(cat("has an invalid checksum ", backquoted(field)));
  return *checksum;
}

RecordLine parse_row(const CsvRows& rows, std::vector<std::string> row) {
  if (row.size() != 3) rows.refuse(cat("has ", row.size(), " columns, expected 3"));
  RecordLine out{.path = std::move(row[0]), .checksum = {}, .size = {}};
  if (out.path.empty()) rows.refuse("has a row without a path");
  if (!row[1].empty()) out.checksum = parse_checksum(rows, row[1]);
  if (!row[2].empty()) {
    const auto size = parse_integer(row[2]);
    if (!size || *size < 0) rows.refuse(cat("has an invalid size ", backquoted(row[2])));
    out.size = static_cast<std::uint64_t>(*size);
  }
  return out;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return cat("\"", replace_all(text, "\"", "\"\""), "\"");
}

}  // namespace

std::vector<RecordLine> parse_record(std::string_view text, std::string_view what) {
  std::vector<RecordLine> out;
  for (CsvRows rows(text, what); !rows.ended();) {
    auto row = rows.next();
    if (row != std::vector<std::string>{""}) out.push_back(parse_row(rows, std::move(row)));
  }
  std::ranges::stable_sort(out, {}, &RecordLine::path);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  const auto twice = std::ranges::adjacent_find(out, {}, &RecordLine::path);
  if (twice != out.end())
    throw invalid_wheel(what, cat("its RECORD has two different rows for ", backquoted(twice->path)));
  return out;
}

std::string render_record(std::vector<RecordLine> lines) {
  std::ranges::sort(lines, {}, &RecordLine::path);
  std::string out;
  for (const auto& line : lines) {
    out += csv_field(line.path) + ',';
    if (line.checksum) out += cat(name_of(line.checksum->algorithm), "=", line.checksum->base64_url());
    out += ',';
    if (line.size) out += cat(*line.size);
    out += '\n';
  }
  return out;
}

}  // namespace lapstrake::packages::pip
