#include <lapstrake/app/supply/bill_format.hpp>

namespace lapstrake::app {

namespace sbom = packages::sbom;

std::string_view media_type_of(BillFormat format) {
  return format == BillFormat::spdx ? sbom::spdx_type : sbom::cyclonedx_type;
}

std::string_view file_name_of(BillFormat format) {
  return format == BillFormat::spdx ? "sbom.spdx.json" : "sbom.cdx.json";
}

std::string render(const sbom::Document& document, BillFormat format) {
  return format == BillFormat::spdx ? sbom::spdx(document) : sbom::cyclonedx(document);
}

}  // namespace lapstrake::app
