// Names in old zips (APPNOTE.TXT, appendix D: without the flag for UTF-8 they are in IBM's code page 437).
#pragma once
#include <string>
#include <string_view>

namespace lapstrake::layers {

// As UTF-8.
std::string from_cp437(std::string_view text);

}  // namespace lapstrake::layers
