#include "billing/whose.h"

#include "core/digest.h"

namespace ventanilla {

Whose Whose::session(const std::string& token) {
    Whose whose;
    whose.token_hash_ = db::Bytes{sha256(token)};
    return whose;
}

Whose Whose::client(std::int64_t id) {
    Whose whose;
    whose.client_id_ = id;
    return whose;
}

}  // namespace ventanilla
