#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/unpacked.hpp>
#include <limits>
#include <span>
#include <vector>

namespace lapstrake::layers {
namespace {

using Boundary = std::function<void(std::uint64_t packed_at)>;

// Unpacks into a Sink. `is_at_end` says whether the stream could end here.
class Unpacker {
 public:
  virtual ~Unpacker() = default;
  virtual void write(Bytes packed, const Sink& out) = 0;
  virtual bool is_at_end() const = 0;
};

// Why a stream is invalid.
struct Broken {
  std::string why;
};

class Inflater : public Unpacker {
 public:
  Inflater(Streams streams, Boundary boundary) : boundary_(std::move(boundary)), has_more_(streams == Streams::any) {
    constexpr int gzip_alone = 15 + 16;  // zlib.h, inflateInit2
    if (inflateInit2(&stream_, gzip_alone) != Z_OK) throw Error(ErrorKind::internal, "zlib cannot start decompressing");
  }
  ~Inflater() override { inflateEnd(&stream_); }

  void write(Bytes packed, const Sink& out) override {
    // zlib counts in 32 bits.
    constexpr std::size_t most_at_once = std::numeric_limits<uInt>::max();
    for (; !packed.empty(); packed = packed.subspan(std::min(packed.size(), most_at_once)))
      write_some(packed.first(std::min(packed.size(), most_at_once)), out);
  }
  bool is_at_end() const override { return ended_; }

 private:
  void write_some(Bytes packed, const Sink& out) {
    if (ended_) begin_next();
    // zlib does not write through it.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    do {
      const std::span<std::byte> room(buffer_);
      stream_.next_out = reinterpret_cast<Bytef*>(room.data());
      stream_.avail_out = static_cast<uInt>(room.size());
      const int code = inflate(&stream_, boundary_ ? Z_BLOCK : Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
        throw Broken{stream_.msg == nullptr ? "it is not a gzip stream" : stream_.msg};
      out(room.first(room.size() - stream_.avail_out));
      // zlib.h, inflate: 128 is a block's end (or the header's), 64 the last block, below them the bits left of a byte.
      if (boundary_ && (stream_.data_type & (128 | 64 | 7)) == 128) boundary_(stream_.total_in);
      ended_ = code == Z_STREAM_END;
      if (ended_ && stream_.avail_in > 0) begin_next();
    } while (!ended_ && (stream_.avail_in > 0 || stream_.avail_out == 0));
  }
  void begin_next() {
    if (!has_more_ || inflateReset(&stream_) != Z_OK) throw Broken{"it has trailing data"};
    ended_ = false;
  }

  z_stream stream_{};
  Boundary boundary_;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(256 << 10);
  bool has_more_, ended_ = false;
};

class ZstdUnpacker : public Unpacker {
 public:
  ZstdUnpacker(Streams streams, Boundary boundary) : stream_(ZSTD_createDStream()), boundary_(std::move(boundary)) {
    // Pieces of our layers are 4 MiB at most, and so are the windows of their frames.
    const int most_window_log = streams == Streams::ours ? 23 : 27;
    if (!stream_ || ZSTD_isError(ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, most_window_log)) != 0)
      throw Error(ErrorKind::internal, "zstd cannot start decompressing");
  }
  void write(Bytes packed, const Sink& out) override {
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    bool is_full = false;
    while (in.pos < in.size || is_full) {
      ZSTD_outBuffer room{buffer_.data(), buffer_.size(), 0};
      wanted_ = ZSTD_decompressStream(stream_.get(), &room, &in);
      if (ZSTD_isError(wanted_) != 0) throw Broken{ZSTD_getErrorName(wanted_)};
      out(Bytes(buffer_).first(room.pos));
      is_full = room.pos == room.size && wanted_ != 0;
      if (boundary_ && wanted_ == 0) boundary_(taken_ + in.pos);
    }
    taken_ += packed.size();
  }
  bool is_at_end() const override { return wanted_ == 0; }

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const noexcept { ZSTD_freeDStream(stream); }
  };
  std::unique_ptr<ZSTD_DStream, Free> stream_;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(256 << 10);
  Boundary boundary_;
  std::size_t wanted_ = 1;
  std::uint64_t taken_ = 0;
};

class Plain : public Unpacker {
 public:
  void write(Bytes packed, const Sink& out) override { out(packed); }
  bool is_at_end() const override { return true; }
};

std::unique_ptr<Unpacker> unpacker_of(oci::Codec codec, Streams streams, Boundary boundary) {
  switch (codec) {
    case oci::Codec::gzip: return std::make_unique<Inflater>(streams, std::move(boundary));
    case oci::Codec::zstd: return std::make_unique<ZstdUnpacker>(streams, std::move(boundary));
    case oci::Codec::none: break;
  }
  return std::make_unique<Plain>();
}

}  // namespace

struct Unpacked::State {
  std::unique_ptr<Unpacker> unpacker;
  std::uint64_t most;
  std::string what;
  Sink observer;
  Sha256 hash = {};
  std::uint64_t size = 0;

  [[noreturn]] void fail(std::string why) const {
    throw Error(ErrorKind::integrity, cat(what, " cannot be unpacked")).because(printable(why));
  }
  void take(Bytes bytes) {
    if (bytes.size() > most - size) fail(cat("it unpacks to more than ", most, " bytes"));
    size += bytes.size();
    hash.write(bytes);
    if (observer) observer(bytes);
  }
};

Unpacked::Unpacked(oci::Codec codec, std::uint64_t most, std::string what, Streams streams, StreamObserver observer)
    : state_(std::make_unique<State>(State{.unpacker = unpacker_of(codec, streams, std::move(observer.boundary)),
                                           .most = most,
                                           .what = std::move(what),
                                           .observer = std::move(observer.raw)})) {}

Unpacked::~Unpacked() = default;

void Unpacked::write(Bytes packed) {
  try {
    state_->unpacker->write(packed, [&](Bytes bytes) { state_->take(bytes); });
  } catch (const Broken& broken) {
    state_->fail(broken.why);
  }
}

oci::Digest Unpacked::finish() {
  if (!state_->unpacker->is_at_end()) state_->fail("it is truncated");
  return oci::Digest(state_->hash.finish());
}

}  // namespace lapstrake::layers
