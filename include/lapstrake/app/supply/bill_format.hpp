// The formats of bills of materials.
#pragma once
#include <array>
#include <lapstrake/packages/sbom/document.hpp>
#include <string>
#include <string_view>

namespace lapstrake::app {

enum class BillFormat { spdx, cyclonedx };
inline constexpr std::array bill_formats{BillFormat::spdx, BillFormat::cyclonedx};

std::string_view media_type_of(BillFormat format);
// As tools name such files: "sbom.spdx.json".
std::string_view file_name_of(BillFormat format);
std::string render(const packages::sbom::Document& document, BillFormat format);

}  // namespace lapstrake::app
