#include "store/samples.hpp"

#include <zlib.h>

#include <lapstrake/layers/tar.hpp>
#include <stdexcept>

namespace samples {

std::string tar_of(const std::string& path, const std::string& text) {
  return tar_of(std::vector<std::pair<std::string, std::string>>{{path, text}});
}

std::string tar_of(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string tar;
  layers::TarWriter writer([&](Bytes bytes) { tar += as_text(bytes); }, 0);
  for (const auto& [path, text] : files) {
    layers::Entry entry;
    entry.path = path;
    if (text.starts_with("->")) {
      entry.kind = layers::Kind::symlink;
      entry.target = text.substr(2);
      writer.header(entry);
      continue;
    }
    entry.size = text.size();
    writer.header(entry);
    if (!text.empty()) writer.data(as_bytes(text));
  }
  writer.finish();
  return tar;
}

std::string gzip_of(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("deflateInit2");
  std::string in = text;
  std::string out(deflateBound(&stream, in.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("deflate");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace samples
