// Runs other programs: the peers that our bytes are shown to.
#pragma once
#include <stdlib.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

struct Outcome {
  int status = 0;      // the exit status, or 128 and the signal
  std::string output;  // stdout and stderr
};

inline std::string shell_quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// Each word reaches the program as it is.
inline Outcome run(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) line += shell_quoted(word) + " ";
  std::FILE* pipe = ::popen((line + "2>&1 </dev/null").c_str(), "re");
  if (pipe == nullptr) throw std::runtime_error("popen failed");
  Outcome outcome;
  std::array<char, 4096> room;
  while (const std::size_t size = std::fread(room.data(), 1, room.size(), pipe))
    outcome.output.append(room.data(), size);
  const int status = ::pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

inline bool have(const std::string& tool) { return run({"sh", "-c", "command -v \"$0\"", tool}).status == 0; }
