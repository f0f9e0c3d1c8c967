// Loads librnp when its first function is called. Linked as usual, its own libraries (Botan, SQLite and others) would
// be loaded and relocated at each start of the program, also by commands that verify no signature: that doubles the
// instructions of a small build.
#include <rnp/rnp.h>

#include "late_library.hpp"

// The functions of rnp.h that this program calls. (Types and lists of parameters cannot be in parentheses.)
// NOLINTBEGIN(bugprone-macro-parentheses)
#define LAZY(result, name, parameters, arguments)                                \
  extern "C" result name parameters {                                            \
    static const auto real = reinterpret_cast<result(*) parameters>(             \
        lapstrake::packages::deb::late_symbol("librnp.so.0", "librnp0", #name)); \
    return real arguments;                                                       \
  }

// NOLINTEND(bugprone-macro-parentheses)

// clang-format off
LAZY(rnp_result_t, rnp_ffi_create, (rnp_ffi_t* ffi, const char* pub_format, const char* sec_format), (ffi, pub_format, sec_format))
LAZY(rnp_result_t, rnp_ffi_destroy, (rnp_ffi_t ffi), (ffi))
LAZY(rnp_result_t, rnp_import_keys, (rnp_ffi_t ffi, rnp_input_t input, uint32_t flags, char** results), (ffi, input, flags, results))
LAZY(rnp_result_t, rnp_input_from_memory, (rnp_input_t* input, const uint8_t* buf, size_t buf_len, bool do_copy), (input, buf, buf_len, do_copy))
LAZY(rnp_result_t, rnp_input_destroy, (rnp_input_t input), (input))
LAZY(rnp_result_t, rnp_output_to_memory, (rnp_output_t* output, size_t max_alloc), (output, max_alloc))
LAZY(rnp_result_t, rnp_output_memory_get_buf, (rnp_output_t output, uint8_t** buf, size_t* len, bool do_copy), (output, buf, len, do_copy))
LAZY(rnp_result_t, rnp_output_destroy, (rnp_output_t output), (output))
LAZY(rnp_result_t, rnp_op_verify_create, (rnp_op_verify_t* op, rnp_ffi_t ffi, rnp_input_t input, rnp_output_t output), (op, ffi, input, output))
LAZY(rnp_result_t, rnp_op_verify_execute, (rnp_op_verify_t op), (op))
LAZY(rnp_result_t, rnp_op_verify_destroy, (rnp_op_verify_t op), (op))
LAZY(rnp_result_t, rnp_op_verify_get_signature_count, (rnp_op_verify_t op, size_t* count), (op, count))
LAZY(rnp_result_t, rnp_op_verify_get_signature_at, (rnp_op_verify_t op, size_t idx, rnp_op_verify_signature_t* sig), (op, idx, sig))
LAZY(rnp_result_t, rnp_op_verify_signature_get_status, (rnp_op_verify_signature_t sig), (sig))
LAZY(rnp_result_t, rnp_op_verify_signature_get_key, (rnp_op_verify_signature_t sig, rnp_key_handle_t* key), (sig, key))
LAZY(rnp_result_t, rnp_op_verify_signature_get_handle, (rnp_op_verify_signature_t sig, rnp_signature_handle_t* handle), (sig, handle))
LAZY(rnp_result_t, rnp_op_verify_signature_get_hash, (rnp_op_verify_signature_t sig, char** hash), (sig, hash))
LAZY(rnp_result_t, rnp_op_verify_signature_get_times, (rnp_op_verify_signature_t sig, uint32_t* create, uint32_t* expires), (sig, create, expires))
LAZY(rnp_result_t, rnp_signature_get_keyid, (rnp_signature_handle_t sig, char** result), (sig, result))
LAZY(rnp_result_t, rnp_signature_get_key_fprint, (rnp_signature_handle_t sig, char** result), (sig, result))
LAZY(rnp_result_t, rnp_signature_handle_destroy, (rnp_signature_handle_t sig), (sig))
LAZY(rnp_result_t, rnp_key_get_fprint, (rnp_key_handle_t key, char** fprint), (key, fprint))
LAZY(rnp_result_t, rnp_key_get_primary_fprint, (rnp_key_handle_t key, char** fprint), (key, fprint))
LAZY(rnp_result_t, rnp_key_handle_destroy, (rnp_key_handle_t key), (key))
LAZY(rnp_result_t, rnp_locate_key, (rnp_ffi_t ffi, const char* identifier_type, const char* identifier, rnp_key_handle_t* key), (ffi, identifier_type, identifier, key))
LAZY(rnp_result_t, rnp_set_timestamp, (rnp_ffi_t ffi, uint64_t time), (ffi, time))
LAZY(rnp_result_t, rnp_key_is_expired, (rnp_key_handle_t handle, bool* result), (handle, result))
LAZY(rnp_result_t, rnp_key_is_revoked, (rnp_key_handle_t handle, bool* result), (handle, result))
LAZY(void, rnp_buffer_destroy, (void* ptr), (ptr))
LAZY(const char*, rnp_result_to_string, (rnp_result_t result), (result))
// clang-format on
#undef LAZY
