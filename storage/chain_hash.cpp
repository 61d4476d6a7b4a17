#include "storage/chain_hash.hpp"

#include "storage/bytes.hpp"

#include <openssl/evp.h>

#include <memory>
#include <new>

namespace firn {

namespace {

// One context per thread: making one costs more than hashing a small event.
class Sha256 {
public:
    Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) { require(context_ != nullptr); }

    Hash of(std::string_view bytes) {
        Hash hash;
        require(EVP_DigestInit_ex2(context_.get(), algorithm(), nullptr) == 1 &&
                EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1 &&
                EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash.data()),
                                   nullptr) == 1);
        return hash;
    }

private:
    // All that can fail here is getting memory; a hash of nothing must not pass for one.
    static void require(bool done) {
        if (!done) {
            throw std::bad_alloc();
        }
    }
    static const EVP_MD* algorithm() {
        static const EVP_MD* fetched = [] {
            const auto* sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
            require(sha256 != nullptr);
            return sha256;
        }();
        return fetched;
    }
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

void put_frame(std::string& out, std::string_view bytes) {
    put_int(out, std::uint64_t{bytes.size()});
    out.append(bytes);
}

void put_frame(std::string& out, std::uint64_t number) {
    put_int(out, std::uint64_t{sizeof(number)});
    put_int(out, number);
}

struct Workspace {
    Sha256 sha;
    std::string framed;
};

Workspace& workspace() {
    thread_local Workspace mine;
    mine.framed.clear();
    return mine;
}

}  // namespace

Hash chain_start(std::string_view category, std::string_view id) {
    auto& [sha, framed] = workspace();
    put_frame(framed, category);
    put_frame(framed, id);
    return sha.of(framed);
}

Hash chain_next(const Hash& previous, const EventView& event) {
    // One buffer and one update: each update call costs as much as hashing 60 bytes.
    auto& [sha, framed] = workspace();
    framed.append(reinterpret_cast<const char*>(previous.data()), previous.size());
    put_frame(framed, event.version.value());
    put_frame(framed, {reinterpret_cast<const char*>(event.id.data()), event.id.size()});
    put_frame(framed, event.type);
    put_frame(framed, static_cast<std::uint64_t>(event.recorded_at.time_since_epoch().count()));
    put_frame(framed, event.data);
    put_frame(framed, event.metadata);
    return sha.of(framed);
}

}  // namespace firn
