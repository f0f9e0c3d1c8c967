// Writes one layer: plans, reads, hashes, compresses and emits its pieces, on several threads.
#pragma once
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/write_options.hpp>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "codec.hpp"
#include "content_mac.hpp"
#include "piece_planner.hpp"

namespace lapstrake::layers {

class LayerWriter {
 public:
  LayerWriter(const std::vector<Entry>& entries, const WriteOptions& options, const Sink& sink);
  Written write();

 private:
  // A piece between two stages. Its buffers are reused by later pieces.
  struct Piece {
    std::unique_ptr<std::byte[]> raw, packed;
    std::unique_ptr<Gmac> gmac;
    PiecePlan plan;
    PieceRecord record;
    std::vector<ContentMac> macs;           // of its parts
    const PieceRecord* previous = nullptr;  // the same piece of the previous layer
    std::size_t previous_number = 0;
    bool is_reused = false;   // `packed` is the previous layer's
    bool is_read = false;     // `raw` holds all of the piece
    bool is_damaged = false;  // the blob of `previous` differs from its index
  };

  bool lay_out(Piece& piece);   // serial
  void prepare(Piece& piece);   // reads it, or copies it from the previous layer
  void hash_tar(Piece& piece);  // ordered
  void pack(Piece& piece);
  void emit(Piece& piece);  // ordered

  void add_content(const ContentPart& part, const ContentMac& mac, Piece& piece);
  void read_parts(Piece& piece) const;
  void compute_macs(Piece& piece) const;
  void set_previous(Piece& piece, std::size_t number) const;
  bool reuse_previous(Piece& piece) const;
  Bytes packed_of(const Piece& piece) const;
  std::size_t packed_room() const;
  struct Capacity {
    unsigned threads;
    std::size_t most_alive;
  };
  Capacity capacity() const;

  const std::vector<Entry>& entries_;
  const WriteOptions& options_;
  const Sink& sink_;
  oci::Codec codec_;
  int level_;
  CutRule rule_;
  PiecePlanner planner_;
  const PreviousLayer* previous_;  // null unless it is usable
  bool stamps_match_;              // all pieces so far had the stamps of the previous layer's
  std::unordered_map<std::string_view, std::uint32_t> previous_by_content_;  // the piece's number
  std::mutex packers_mutex_;
  std::vector<std::unique_ptr<Packer>> packers_;
  std::size_t laid_out_ = 0;
  Sha256 tar_, blob_;
  Framing framing_;
  Written written_;
};

}  // namespace lapstrake::layers
