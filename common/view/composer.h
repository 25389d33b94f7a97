// Puts template files together before they are parsed: `{{> name key="value"}}` becomes the text of
// partials/name with each [[key]] replaced. (The library would parse partials again at every
// render, and ignore a missing one.)
#pragma once

#include <string>

namespace ventanilla {

// The whole of a file. Throws Misconfigured when it cannot be read.
[[nodiscard]] std::string read_template_file(const std::string& path);

// `text` with all partials of FOLDER/partials put in. Throws Misconfigured for a missing partial, a
// missing or superfluous parameter, or partials that contain each other. `where` is for messages.
[[nodiscard]] std::string with_partials(const std::string& folder,
                                        const std::string& text,
                                        const std::string& where);

// A page file in its layout: its first line is `{{! title: ... }}`, the second may be `{{! layout:
// name }}`. The marker styles_marker stands where the stylesheet goes. "/estatico/NAME" becomes
// "/estatico/NAME?v=VERSION", a hash of FOLDER/static/NAME; Misconfigured when there is no such
// file.
[[nodiscard]] std::string composed_page(const std::string& folder, const std::string& file);

constexpr char styles_marker = '\x01';

}  // namespace ventanilla
