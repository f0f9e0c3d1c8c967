// Decodes names in old zips (APPNOTE.TXT, appendix D: without the UTF-8 flag they are in IBM's code page 437).
#pragma once
#include <string>
#include <string_view>

namespace lapstrake::layers {

// As UTF-8.
std::string from_cp437(std::string_view text);

}  // namespace lapstrake::layers
