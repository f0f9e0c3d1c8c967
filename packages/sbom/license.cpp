#include <lapstrake/packages/sbom/license.hpp>

#include <algorithm>
#include <array>
#include <lapstrake/base/text.hpp>
#include <vector>

namespace lapstrake::packages::sbom {
namespace {

constexpr std::size_t most_text = 1000;  // bytes

// Of the SPDX License List 3.27: those that packages of Alpine, PyPI and npm often have.
constexpr std::array known_licenses{"0BSD",
                                    "AFL-2.1",
                                    "AFL-3.0",
                                    "AGPL-3.0",
                                    "AGPL-3.0-only",
                                    "Apache-1.1",
                                    "Apache-2.0",
                                    "AGPL-3.0-or-later",
                                    "Artistic-1.0",
                                    "Artistic-1.0-Perl",
                                    "Artistic-2.0",
                                    "Beerware",
                                    "BlueOak-1.0.0",
                                    "BSD-1-Clause",
                                    "BSD-2-Clause",
                                    "BSD-3-Clause",
                                    "BSD-4-Clause",
                                    "BSD-Source-Code",
                                    "BSL-1.0",
                                    "bzip2-1.0.6",
                                    "CC-BY-3.0",
                                    "CC-BY-4.0",
                                    "CC-BY-SA-3.0",
                                    "CC-BY-SA-4.0",
                                    "CC0-1.0",
                                    "CDDL-1.0",
                                    "CDDL-1.1",
                                    "CNRI-Python",
                                    "CPL-1.0",
                                    "curl",
                                    "ECL-2.0",
                                    "EPL-1.0",
                                    "EPL-2.0",
                                    "EUPL-1.1",
                                    "EUPL-1.2",
                                    "FSFAP",
                                    "FSFUL",
                                    "FSFULLR",
                                    "FTL",
                                    "GFDL-1.2-or-later",
                                    "GPL-1.0-only",
                                    "GFDL-1.3-or-later",
                                    "GPL-1.0-or-later",
                                    "GPL-2.0",
                                    "GPL-2.0-only",
                                    "GPL-3.0",
                                    "GPL-2.0-or-later",
                                    "GPL-3.0-only",
                                    "GPL-3.0-or-later",
                                    "HPND",
                                    "ICU",
                                    "HPND-sell-variant",
                                    "IJG",
                                    "Info-ZIP",
                                    "IPL-1.0",
                                    "ISC",
                                    "LGPL-2.0",
                                    "LGPL-2.0-only",
                                    "LGPL-2.0-or-later",
                                    "LGPL-2.1",
                                    "LGPL-3.0",
                                    "LGPL-2.1-only",
                                    "LGPL-2.1-or-later",
                                    "LGPL-3.0-only",
                                    "LGPL-3.0-or-later",
                                    "Libpng",
                                    "libpng-2.0",
                                    "libtiff",
                                    "MIT",
                                    "MIT-0",
                                    "MIT-CMU",
                                    "MIT-Modern-Variant",
                                    "MPL-1.1",
                                    "MPL-2.0",
                                    "MS-PL",
                                    "NAIST-2003",
                                    "NCSA",
                                    "Net-SNMP",
                                    "NTP",
                                    "OFL-1.1",
                                    "OLDAP-2.8",
                                    "OpenSSL",
                                    "PHP-3.01",
                                    "PostgreSQL",
                                    "PSF-2.0",
                                    "Python-2.0",
                                    "Python-2.0.1",
                                    "Qhull",
                                    "Ruby",
                                    "SSH-OpenSSH",
                                    "Sleepycat",
                                    "TCL",
                                    "Unicode-3.0",
                                    "Unicode-DFS-2016",
                                    "Unlicense",
                                    "UPL-1.0",
                                    "Vim",
                                    "W3C",
                                    "WTFPL",
                                    "X11",
                                    "X11-distribute-modifications-variant",
                                    "Zlib",
                                    "zlib-acknowledgement",
                                    "ZPL-2.1"};

constexpr std::array known_exceptions{"Autoconf-exception-2.0",   "Autoconf-exception-3.0",
                                      "Bison-exception-2.2",      "Classpath-exception-2.0",
                                      "GCC-exception-2.0",        "GCC-exception-3.1",
                                      "Libtool-exception",        "Linux-syscall-note",
                                      "LLVM-exception",           "OpenJDK-assembly-exception-1.0",
                                      "openvpn-openssl-exception"};

template <class List>
std::optional<std::string> found_in(const List& list, std::string_view word) {
  const auto wanted = lower(word);
  for (const std::string_view one : list)
    if (lower(one) == wanted) return std::string(one);
  return std::nullopt;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    const bool is_parenthesis = c == '(' || c == ')';
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if ((is_parenthesis || is_blank) && !out.back().empty()) out.emplace_back();
    if (is_parenthesis) {
      out.back() += c;
      out.emplace_back();
    } else if (!is_blank) {
      out.back() += c;
    }
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

// Between two words: an operand or an operator.
class Expression {
 public:
  explicit Expression(std::vector<std::string> words) : words_(std::move(words)) {}

  std::optional<std::string> text() {
    for (const auto& word : words_)
      if (!(expects_operand_ ? add_operand(word) : add_operator(word))) return std::nullopt;
    if (expects_operand_ || open_ != 0) return std::nullopt;
    return std::move(out_);
  }

 private:
  bool add_operand(const std::string& word) {
    if (word == "(" && !after_with_) {
      ++open_;
      out_ += "(";
      return true;
    }
    const auto known = after_with_ ? found_in(known_exceptions, word) : license(word);
    if (!known) return false;
    out_ += *known;
    expects_operand_ = false;
    may_have_exception_ = !after_with_;
    after_with_ = false;
    return true;
  }

  bool add_operator(const std::string& word) {
    if (word == ")") {
      out_ += ")";
      may_have_exception_ = false;
      return open_-- > 0;
    }
    const auto known = found_in(std::array{"AND", "OR", "WITH"}, word);
    if (!known) return false;
    after_with_ = *known == "WITH";
    if (after_with_ && !may_have_exception_) return false;
    out_ += cat(" ", *known, " ");
    return expects_operand_ = true;
  }

  static std::optional<std::string> license(std::string_view word) {
    if (!word.ends_with('+')) return found_in(known_licenses, word);
    const auto without = found_in(known_licenses, word.substr(0, word.size() - 1));
    if (!without) return std::nullopt;
    return found_in(known_licenses, cat(*without, "-or-later")).value_or(cat(*without, "+"));
  }

  std::vector<std::string> words_;
  std::string out_;
  int open_ = 0;
  bool expects_operand_ = true, after_with_ = false, may_have_exception_ = false;
};

}  // namespace

std::optional<std::string> license_expression(std::string_view text) {
  if (text.size() > most_text) return std::nullopt;
  return Expression(words_of(text)).text();
}

bool is_single_license(std::string_view expression) { return expression.find_first_of(" (+") == expression.npos; }

}  // namespace lapstrake::packages::sbom
