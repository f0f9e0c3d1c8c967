// The yardstick of the bench: what a layer's parts cost on this machine when each is done once and nothing else is.
//
//   lapstrake_limit FOLDER gzip|zstd|none LEVEL THREADS
//
// walk and stat, open and read, SHA-256 of what was read, CRC-32 and the codec over pieces of the size that lapstrake
// uses, SHA-256 of what the codec made: no tar, no store, no seams, no cache. The parts run on THREADS threads at once,
// so that they share memory and caches as a real build's do, and the CPU seconds of each are added up. One layer has
// one SHA-256 of its tar, which is a chain; so no build can be faster than the longer of CPU / THREADS and that chain.
// Prints one JSON object. Shares no code with lapstrake on purpose.
#include <dirent.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

double seconds(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

struct File {
  std::string path;
  std::size_t size;
};

void walk(const std::string& folder, std::vector<File>& files) {
  DIR* listing = ::opendir(folder.c_str());
  if (listing == nullptr) fail(folder);
  std::vector<std::string> folders;
  while (const dirent* entry = ::readdir(listing)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat status {};
    if (::fstatat(::dirfd(listing), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) fail(folder + "/" + name);
    if (S_ISDIR(status.st_mode)) folders.push_back(folder + "/" + name);
    if (S_ISREG(status.st_mode)) files.push_back({folder + "/" + name, static_cast<std::size_t>(status.st_size)});
  }
  ::closedir(listing);
  for (const std::string& inner : folders) walk(inner, files);
}

struct Slice {
  const File* file;
  std::size_t from, size;
};
using Piece = std::vector<Slice>;

std::vector<Piece> pieces_of(const std::vector<File>& files, std::size_t most) {
  std::vector<Piece> pieces(1);
  std::size_t room = most;
  for (const File& file : files) {
    for (std::size_t from = 0; from < file.size;) {
      if (room == 0) {
        pieces.emplace_back();
        room = most;
      }
      const std::size_t size = std::min(room, file.size - from);
      pieces.back().push_back({&file, from, size});
      from += size;
      room -= size;
    }
  }
  return pieces;
}

std::size_t read_piece(const Piece& piece, std::vector<unsigned char>& buffer) {
  std::size_t filled = 0;
  for (const Slice& slice : piece) {
    const int file = ::open(slice.file->path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) fail(slice.file->path);
    for (std::size_t done = 0; done < slice.size;) {
      const ssize_t count =
          ::pread(file, buffer.data() + filled, slice.size - done, static_cast<off_t>(slice.from + done));
      if (count <= 0) fail(slice.file->path);
      done += static_cast<std::size_t>(count);
      filled += static_cast<std::size_t>(count);
    }
    ::close(file);
  }
  return filled;
}

struct Deflate {
  explicit Deflate(int level) : state(libdeflate_alloc_compressor(level), libdeflate_free_compressor) {}
  std::size_t operator()(const unsigned char* from, std::size_t size, std::vector<unsigned char>& to) const {
    return libdeflate_deflate_compress(state.get(), from, size, to.data(), to.size());
  }
  std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> state;
};

struct Zstd {
  explicit Zstd(int with_level) : state(ZSTD_createCCtx(), ZSTD_freeCCtx), level(with_level) {}
  std::size_t operator()(const unsigned char* from, std::size_t size, std::vector<unsigned char>& to) const {
    const std::size_t packed = ZSTD_compressCCtx(state.get(), to.data(), to.size(), from, size, level);
    if (ZSTD_isError(packed) != 0) throw std::runtime_error(ZSTD_getErrorName(packed));
    return packed;
  }
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> state;
  int level;
};

// CPU seconds, and bytes.
struct Parts {
  double read = 0, sha_raw = 0, crc = 0, codec = 0, sha_packed = 0;
  std::size_t raw = 0, packed = 0;
  void add(const Parts& other) {
    read += other.read, sha_raw += other.sha_raw, crc += other.crc, codec += other.codec;
    sha_packed += other.sha_packed, raw += other.raw, packed += other.packed;
  }
};

// What the calling thread has used since the last call.
class Lap {
 public:
  double operator()() {
    const double now = seconds(CLOCK_THREAD_CPUTIME_ID), lap = now - last_;
    last_ = now;
    return lap;
  }

 private:
  double last_ = seconds(CLOCK_THREAD_CPUTIME_ID);
};

Parts work(const std::vector<Piece>& pieces, std::atomic<std::size_t>& next, std::size_t most, const std::string& codec,
           int level) {
  std::vector<unsigned char> raw(most), packed(most + most / 8 + 65536);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> tar(EVP_MD_CTX_new(), EVP_MD_CTX_free),
      blob(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (EVP_DigestInit_ex(tar.get(), EVP_sha256(), nullptr) != 1 ||
      EVP_DigestInit_ex(blob.get(), EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("no SHA-256");
  const Deflate deflate(level);
  const Zstd zstd(level);
  volatile std::uint32_t crc = 0;
  Parts parts;
  Lap lap;
  for (std::size_t index; (index = next++) < pieces.size();) {
    lap();
    const std::size_t size = read_piece(pieces[index], raw);
    parts.raw += size;
    parts.read += lap();
    EVP_DigestUpdate(tar.get(), raw.data(), size);
    parts.sha_raw += lap();
    if (codec == "none") continue;
    if (codec == "gzip") crc = libdeflate_crc32(crc, raw.data(), size);
    parts.crc += lap();
    const std::size_t made = codec == "gzip" ? deflate(raw.data(), size, packed) : zstd(raw.data(), size, packed);
    parts.packed += made;
    parts.codec += lap();
    EVP_DigestUpdate(blob.get(), packed.data(), made);
    parts.sha_packed += lap();
  }
  return parts;
}

void measure(const std::string& folder, const std::string& codec, int level, unsigned threads) {
  const double began = seconds(CLOCK_MONOTONIC);
  const std::size_t most = codec == "zstd" ? 4 << 20 : 512 << 10;
  std::vector<File> files;
  Lap lap;
  walk(folder, files);
  const double walked = lap();
  const std::vector<Piece> pieces = pieces_of(files, most);
  std::atomic<std::size_t> next = 0;
  std::vector<Parts> each(threads);
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i)
    others.emplace_back([&, i] { each[i] = work(pieces, next, most, codec, level); });
  Parts sum = work(pieces, next, most, codec, level);
  for (std::thread& other : others) other.join();
  for (const Parts& parts : each) sum.add(parts);
  const double cpu = walked + sum.read + sum.sha_raw + sum.crc + sum.codec + sum.sha_packed;
  std::printf("{\"files\": %zu, \"bytes\": %zu, \"packed\": %zu, \"walk\": %.4f, \"read\": %.4f, \"sha_raw\": %.4f, ",
              files.size(), sum.raw, sum.packed, walked, sum.read, sum.sha_raw);
  std::printf("\"crc\": %.4f, \"codec\": %.4f, \"sha_packed\": %.4f, \"cpu\": %.4f, \"limit\": %.4f, \"wall\": %.4f}\n",
              sum.crc, sum.codec, sum.sha_packed, cpu, std::max(cpu / threads, sum.sha_raw),
              seconds(CLOCK_MONOTONIC) - began);
}

}  // namespace

int main(int count, char** arguments) try {
  const std::string codec = count == 5 ? arguments[2] : "";
  const int level = count == 5 ? std::atoi(arguments[3]) : 0, threads = count == 5 ? std::atoi(arguments[4]) : 0;
  if ((codec != "gzip" && codec != "zstd" && codec != "none") || threads < 1 || (level < 1 && codec != "none")) {
    std::fputs("usage: lapstrake_limit FOLDER gzip|zstd|none LEVEL THREADS\n", stderr);
    return 2;
  }
  measure(arguments[1], codec, level, static_cast<unsigned>(threads));
} catch (const std::exception& error) {
  std::fprintf(stderr, "lapstrake_limit: %s\n", error.what());
  return 1;
}
