/** A package of the npm registry, as `npm pack` fetches it. */
export type NpmPackage = {
  name: string;
  version: string;
  /** Subresource integrity of the tarball. */
  integrity: string;
};

/** A wheel of PyPI, as `pip download` fetches it. */
export type Wheel = {
  name: string;
  version: string;
  file: string;
  /** Of the file, hexadecimal. */
  sha256: string;
  /** Of the file. */
  bytes: number;
  /** Of what is kept of it (see `keeps` in wheel.ts). */
  unpacked: number;
};

/** All that an installation downloads. */
export type Pins = {
  packages: readonly NpmPackage[];
  /** By platform, e.g. `linux-x64`. */
  cpu: Readonly<Record<string, Wheel>>;
  cuda: Readonly<Record<string, readonly Wheel[]>>;
};

/** TensorFlow.js's backend for Node: the C++ of its binding and the JavaScript above it, without the library of 2022. */
const tfjsNode: NpmPackage = {
  name: '@tensorflow/tfjs-node',
  version: '4.22.0',
  integrity: 'sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
};

/** What the binding is compiled against, and what its JavaScript imports. */
const companions: readonly NpmPackage[] = [
  {
    name: 'node-api-headers',
    version: '1.9.0',
    integrity: 'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
  },
  {
    name: 'google-protobuf',
    version: '3.21.4',
    integrity: 'sha512-MnG7N936zcKTco4Jd2PX2U96Kf9PxygAPKBug+74LHzmHXmceN16MmRcdgZv+DGef/S9YvQAfRsNCn4cjf9yyQ==',
  },
];

const tensorflowVersion = '2.21.0';

/** TensorFlow for CPUs. The C libraries are the same in the wheels of every Python version, so that of 3.11 serves. */
const cpu: Pins['cpu'] = {
  'linux-x64': {
    name: 'tensorflow-cpu',
    version: tensorflowVersion,
    file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    bytes: 273_829_956,
    unpacked: 853_308_936,
  },
  'linux-arm64': {
    name: 'tensorflow',
    version: tensorflowVersion,
    file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    bytes: 281_828_020,
    unpacked: 883_062_208,
  },
  'darwin-arm64': {
    name: 'tensorflow',
    version: tensorflowVersion,
    file: 'tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl',
    sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
    bytes: 223_405_849,
    unpacked: 740_805_624,
  },
};

const wheel = (
  name: string,
  version: string,
  tags: string,
  sha256: string,
  bytes: number,
  unpacked: number,
): Wheel => ({
  name,
  version,
  file: `${name.replaceAll('-', '_')}-${version}-${tags}.whl`,
  sha256,
  bytes,
  unpacked,
});

const since2010 = 'py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64';
const since2014 = 'py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64';
const since2018 = 'py3-none-manylinux_2_27_x86_64';

/** TensorFlow with CUDA, and what its extra `and-cuda` asks for. */
// biome-ignore format: one wheel a line reads as the table that it is
const cuda: Pins['cuda'] = {
  'linux-x64': [
    wheel('tensorflow', tensorflowVersion, 'cp311-cp311-manylinux_2_27_x86_64', '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124', 572_440_367, 1_259_021_080),
    wheel('nvidia-cublas-cu12', '12.9.3.13', since2018, 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72', 581_217_458, 855_064_416),
    wheel('nvidia-cuda-cupti-cu12', '12.8.90', since2014, 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182', 10_248_621, 41_311_976),
    wheel('nvidia-cuda-nvcc-cu12', '12.9.86', since2010, '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0', 40_546_229, 97_998_760),
    wheel('nvidia-cuda-nvrtc-cu12', '12.9.86', since2010, '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4', 89_568_129, 227_340_992),
    wheel('nvidia-cuda-runtime-cu12', '12.9.79', since2014, '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3', 3_493_179, 5_342_176),
    wheel('nvidia-cudnn-cu12', '9.28.0.42', since2018, '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375', 716_538_495, 1_162_393_472),
    wheel('nvidia-cufft-cu12', '11.4.1.4', since2014, 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28', 200_877_592, 293_609_416),
    wheel('nvidia-curand-cu12', '10.3.10.19', since2018, '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e', 68_295_626, 166_965_432),
    wheel('nvidia-cusolver-cu12', '11.7.5.82', since2018, '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88', 338_117_415, 494_975_064),
    wheel('nvidia-cusparse-cu12', '12.5.10.65', since2014, '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78', 366_465_088, 486_556_368),
    wheel('nvidia-nccl-cu12', '2.32.3', since2018, 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c', 351_526_311, 489_653_380),
    wheel('nvidia-nvjitlink-cu12', '12.9.86', since2010, 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9', 39_748_338, 95_935_344),
  ],
};

export const publishedPins: Pins = { packages: [tfjsNode, ...companions], cpu, cuda };
