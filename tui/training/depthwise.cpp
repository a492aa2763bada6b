// [ReLU6 +] depthwise convolution + bias + ReLU6, forward and backward, for maps in NHWC order, float32 or bfloat16.
// Works on 16 channels at a time: they are copied into a zero-padded float32 plane, so that no tap looks at a border.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

typedef float Lanes __attribute__((vector_size(64)));
typedef uint32_t Bits __attribute__((vector_size(64)));
typedef uint16_t Halves __attribute__((vector_size(32)));
constexpr int LANES = 16;

struct Shape {
    int64_t batch, height, width, channels, out_height, out_width, before;
};

static inline Lanes read(const float *p) { Lanes v; memcpy(&v, p, sizeof v); return v; }
static inline Lanes read(const uint16_t *p) {
    Halves h; memcpy(&h, p, sizeof h);
    return (Lanes)(__builtin_convertvector(h, Bits) << 16);
}
static inline void write(float *p, Lanes v) { memcpy(p, &v, sizeof v); }
static inline void write(uint16_t *p, Lanes v) {  // rounds to nearest, ties to even
    Bits b = (Bits)v;
    b = (b + 0x7fff + ((b >> 16) & 1)) >> 16;
    Halves h = __builtin_convertvector(b, Halves); memcpy(p, &h, sizeof h);
}
static inline Lanes relu6(Lanes v) {
    v = v > 0.0f ? v : Lanes{};
    return v < 6.0f ? v : Lanes{} + 6.0f;
}

template <class Work> static void share(int64_t blocks, int threads, Work work) {
    std::atomic<int64_t> next{0};
    auto loop = [&] { for (int64_t i; (i = next++) < blocks;) work(i); };
    std::vector<std::thread> others;
    for (int t = 1; t < threads; t++) others.emplace_back(loop);
    loop();
    for (auto &thread : others) thread.join();
}

template <class T, int K, int S>
static void forward(const T *x, const float *weight, const float *bias, T *y, Shape s, bool relu_first,
                    int threads) {
    const int64_t padded_width = (s.out_width - 1) * S + K, padded_height = (s.out_height - 1) * S + K;
    share(s.channels / LANES, threads, [&](int64_t block) {
        const int64_t c = block * LANES, before = s.before;
        std::vector<Lanes> plane(padded_height * padded_width, Lanes{});
        Lanes w[K * K], b = read(bias + c);
        for (int k = 0; k < K * K; k++) w[k] = read(weight + k * s.channels + c);
        for (int64_t n = 0; n < s.batch; n++) {
            for (int64_t i = 0; i < s.height && i + before < padded_height; i++)
                for (int64_t j = 0; j < s.width && j + before < padded_width; j++) {
                    Lanes v = read(x + ((n * s.height + i) * s.width + j) * s.channels + c);
                    plane[(i + before) * padded_width + j + before] = relu_first ? relu6(v) : v;
                }
            for (int64_t i = 0; i < s.out_height; i++)
                for (int64_t j = 0; j < s.out_width; j++) {
                    const Lanes *from = &plane[i * S * padded_width + j * S];
                    Lanes sum = b;
#pragma GCC unroll 5
                    for (int ky = 0; ky < K; ky++)
#pragma GCC unroll 5
                        for (int kx = 0; kx < K; kx++) sum += from[ky * padded_width + kx] * w[ky * K + kx];
                    write(y + ((n * s.out_height + i) * s.out_width + j) * s.channels + c, relu6(sum));
                }
        }
    });
}

template <class T, int K, int S>
static void backward(const T *grad_y, const T *y, const T *x, const float *weight, T *grad_x, float *grad_weight,
                     float *grad_bias, Shape s, bool relu_first, int threads) {
    const int64_t padded_width = (s.out_width - 1) * S + K, padded_height = (s.out_height - 1) * S + K;
    share(s.channels / LANES, threads, [&](int64_t block) {
        const int64_t c = block * LANES, before = s.before;
        std::vector<Lanes> plane(padded_height * padded_width, Lanes{}), grad(s.out_height * s.out_width);
        std::vector<Lanes> grad_plane(padded_height * padded_width);
        Lanes w[K * K], total[K * K] = {}, total_bias = {};
        for (int k = 0; k < K * K; k++) w[k] = read(weight + k * s.channels + c);
        for (int64_t n = 0; n < s.batch; n++) {
            for (int64_t i = 0; i < s.height && i + before < padded_height; i++)
                for (int64_t j = 0; j < s.width && j + before < padded_width; j++) {
                    Lanes v = read(x + ((n * s.height + i) * s.width + j) * s.channels + c);
                    plane[(i + before) * padded_width + j + before] = relu_first ? relu6(v) : v;
                }
            const int64_t start = n * s.out_height * s.out_width;
            for (int64_t i = 0; i < s.out_height * s.out_width; i++) {
                Lanes out = read(y + (start + i) * s.channels + c), g = read(grad_y + (start + i) * s.channels + c);
                g = (out > 0.0f & out < 6.0f) ? g : Lanes{};
                grad[i] = g;
                total_bias += g;
            }
            std::fill(grad_plane.begin(), grad_plane.end(), Lanes{});
            for (int64_t i = 0; i < s.out_height; i++) {
                Lanes sum[K * K] = {};
                for (int64_t j = 0; j < s.out_width; j++) {
                    const Lanes *from = &plane[i * S * padded_width + j * S];
                    const Lanes g = grad[i * s.out_width + j];
#pragma GCC unroll 5
                    for (int ky = 0; ky < K; ky++)
#pragma GCC unroll 5
                        for (int kx = 0; kx < K; kx++) sum[ky * K + kx] += g * from[ky * padded_width + kx];
                }
                for (int k = 0; k < K * K; k++) total[k] += sum[k];
                for (int64_t j = 0; j < s.out_width; j++) {
                    Lanes *to = &grad_plane[i * S * padded_width + j * S];
                    const Lanes g = grad[i * s.out_width + j];
#pragma GCC unroll 5
                    for (int ky = 0; ky < K; ky++)
#pragma GCC unroll 5
                        for (int kx = 0; kx < K; kx++) to[ky * padded_width + kx] += g * w[ky * K + kx];
                }
            }
            for (int64_t i = 0; i < s.height; i++)
                for (int64_t j = 0; j < s.width; j++) {
                    bool inside = i + before < padded_height && j + before < padded_width;
                    Lanes g = inside ? grad_plane[(i + before) * padded_width + j + before] : Lanes{};
                    if (relu_first && inside) {
                        Lanes v = plane[(i + before) * padded_width + j + before];
                        g = (v > 0.0f & v < 6.0f) ? g : Lanes{};
                    }
                    write(grad_x + ((n * s.height + i) * s.width + j) * s.channels + c, g);
                }
        }
        for (int k = 0; k < K * K; k++) write(grad_weight + k * s.channels + c, total[k]);
        write(grad_bias + c, total_bias);
    });
}

#define DISPATCH(NAME, ...)                                                      \
    if (kernel == 3 && stride == 1) NAME<T, 3, 1>(__VA_ARGS__);                  \
    else if (kernel == 3 && stride == 2) NAME<T, 3, 2>(__VA_ARGS__);             \
    else if (kernel == 5 && stride == 1) NAME<T, 5, 1>(__VA_ARGS__);             \
    else if (kernel == 5 && stride == 2) NAME<T, 5, 2>(__VA_ARGS__);             \
    else return 1;                                                               \
    return 0;

template <class T>
static int forward_any(const void *x, const float *w, const float *b, void *y, Shape s, int kernel, int stride,
                       int relu_first, int threads) {
    DISPATCH(forward, (const T *)x, w, b, (T *)y, s, relu_first, threads)
}
template <class T>
static int backward_any(const void *grad_y, const void *y, const void *x, const float *w, void *grad_x, float *grad_w,
                        float *grad_b, Shape s, int kernel, int stride, int relu_first, int threads) {
    DISPATCH(backward, (const T *)grad_y, (const T *)y, (const T *)x, w, (T *)grad_x, grad_w, grad_b, s, relu_first, threads)
}

extern "C" int depthwise_forward(const void *x, const float *w, const float *b, void *y, const Shape *s, int kernel, int stride,
                                 int half, int relu_first, int threads) {
    return half ? forward_any<uint16_t>(x, w, b, y, *s, kernel, stride, relu_first, threads)
                : forward_any<float>(x, w, b, y, *s, kernel, stride, relu_first, threads);
}
extern "C" int depthwise_backward(const void *grad_y, const void *y, const void *x, const float *w, void *grad_x, float *grad_w,
                                  float *grad_b, const Shape *s, int kernel, int stride, int half, int relu_first,
                                  int threads) {
    return half ? backward_any<uint16_t>(grad_y, y, x, w, grad_x, grad_w, grad_b, *s, kernel, stride, relu_first, threads)
                : backward_any<float>(grad_y, y, x, w, grad_x, grad_w, grad_b, *s, kernel, stride, relu_first, threads);
}
