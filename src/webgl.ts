import * as tf from '@tensorflow/tfjs';
import { announce } from './announce.ts';
import { type Backend, BackendMissing } from './backend.ts';
import { isSoftwareDriver } from './software-driver.ts';

/**
 * The browsers' older way to a graphics processor, part of tfjs itself. Where it has half precision only, that is
 * announced.
 */
export const webglBackend: Backend = { name: 'webgl', load: loadWebgl };

async function loadWebgl(insisted: boolean): Promise<void> {
  const driver = findDriver();
  if (driver === undefined)
    throw new BackendMissing('there is no WebGL here; turn on hardware acceleration in the browser');
  if (!insisted && isSoftwareDriver(driver)) {
    throw new BackendMissing(
      `WebGL would compute on the processor (${driver}), slower than wasm; name 'webgl' to use it all the same`,
    );
  }
  if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) {
    announce(
      "backend 'webgl' computes with 16 bits on this device, so results are rough; useBackend('wasm') has 32 bits",
    );
  }
}

/** @returns the driver's name, '' where the browser does not tell; undefined where there is no WebGL */
function findDriver(): string | undefined {
  if (!tf.findBackendFactory('webgl')) return undefined; // no browser
  const canvas = globalThis.document?.createElement('canvas') ?? new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2') ?? canvas.getContext('webgl');
  if (!gl) return undefined;
  const unmasked = gl.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL;
  return String(gl.getParameter(unmasked ?? gl.RENDERER) ?? '');
}
