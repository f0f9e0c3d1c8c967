// A zip file: the same at each reading, with names that cannot leave a folder, and content of exactly the size that its
// directory says.
#include <lapstrake/base/limits.hpp>
#include <lapstrake/packages/zip.hpp>
#include <set>
#include <string>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::packages;

namespace {

void check_name(const ZipEntry& entry) {
  const std::string_view name = entry.name;
  hold(!name.empty() && name.front() != '/' && name.find('\\') == name.npos && name.find('\0') == name.npos,
       "a name is relative, without backslashes and NUL");
  hold(is_utf8(name) && entry.is_folder == name.ends_with('/'), "a name is UTF-8, of a folder with a slash");
  hold(cat("/", name, "/").find("/../") == std::string::npos, "a name does not lead out of its folder");
}

void check_content(const Zip& zip, const ZipEntry& entry) {
  std::uint64_t size = 0;
  const auto whole = attempt(ErrorKind::integrity, [&] {
    zip.read(entry, [&](Bytes bytes) {
      size += bytes.size();
      hold(size <= entry.size, "content is never longer than its size");
    });
    return true;
  });
  hold(!whole || size == entry.size, "content that is read without an error has its size");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = text_of(data, size);
  const auto zip = attempt(ErrorKind::integrity, [&] { return Zip(random_access(bytes), "the file"); });
  if (!zip) return 0;
  std::uint64_t sum = 0, packed = 0;
  std::set<std::string_view> names;
  for (const auto& entry : zip->entries()) {
    check_name(entry);
    hold(names.insert(entry.name).second && zip->find(entry.name) == &entry, "an entry is found by its name");
    hold(!names.contains(cat(entry.name, "/")), "a file is not a folder too");
    sum += entry.size;
    packed += entry.packed_size;
    if (sum <= 4 << 20) check_content(*zip, entry);
  }
  hold(packed <= size && sum <= limits::spooled_bytes_for(size), "entries keep to the limits");
  return 0;
}
