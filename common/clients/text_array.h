// Lists as PostgreSQL's array literals, for statements that take many rows at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ventanilla {

[[nodiscard]] std::string text_array(const std::vector<std::string>& texts);
[[nodiscard]] std::string id_array(const std::vector<std::int64_t>& ids);

}  // namespace ventanilla
