#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/project.hpp>

namespace lapstrake::spec {

std::vector<oci::Reference> references_of(const Image& image) {
  std::vector<oci::Reference> out;
  if (image.base) out.push_back(*image.base);
  for (const auto& layer : image.layers)
    for (const auto& step : layer.from_images)
      if (step.reference) out.push_back(*step.reference);
  return out;
}

namespace {

std::string text_of(const oci::Pip& step) {
  return cat("pip ", step.lock, " ", join(step.extras, ","), " ", step.groups ? join(*step.groups, ",") : "default",
             " ", step.python.value_or(""), " ", step.libc.value_or(""), " ", step.source, "\n");
}

std::string text_of(const oci::Npm& step) {
  return cat("npm ", step.lock, " ", join(step.omit, ","), " ", join(step.accepted_scripts, ","), " ",
             step.libc.value_or(""), " ", step.source, "\n");
}

std::string text_of(const oci::Deb& step) {
  return cat("deb ", step.suite, " ", join(step.install, ","), " ", static_cast<int>(step.base), " ",
             step.recommends ? "recommends " : "", join(step.prefer, ","), " ", join(step.exclude, ","), " ",
             join(step.accepted, ","), " ", join(step.sources, ","), "\n");
}

}  // namespace

std::string packages_text(const std::vector<Image>& images) {
  std::string out;
  for (const auto& image : images) {
    std::string steps;
    for (const auto& layer : image.layers) {
      if (layer.deb) steps += text_of(*layer.deb);
      for (const auto& pip : layer.pips) steps += text_of(pip);
      for (const auto& npm : layer.npms) steps += text_of(npm);
      for (const auto& fetch : layer.fetches) steps += cat("fetch ", fetch.url, "\n");
      for (const auto& edit : layer.edits) steps += cat("edit ", edit.path, "\n");
    }
    if (steps.empty()) continue;
    out += cat(image.base ? oci::text(*image.base) : "", "\n");
    for (const auto& platform : image.platforms) out += cat(platform.text(), "\n");
    out += steps;
  }
  return out;
}

}  // namespace lapstrake::spec
