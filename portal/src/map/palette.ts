/** The map's own colours: quiet ground, ink for outlines. The accent stays with the controls. */

const LIGHT = {
  sea: '#d3e2ea',
  land: '#f4f3ef',
  neutral: '#e9ebed',
  river: '#a3c4d6',
  border: '#b3b0a8',
  region: '#d3d0c8',
  grid: '#8b98a3',
  text: '#474d54',
  name: '#30363c',
  water: '#3f6782',
  halo: '#fbfaf8',
  ink: '#14191f',
  outline: '#ffffff',
}

const DARK: Palette = {
  sea: '#10171e',
  land: '#1c232a',
  neutral: '#171d23',
  river: '#2b4a5f',
  border: '#4c5660',
  region: '#333c45',
  grid: '#7d8a96',
  text: '#aeb8c2',
  name: '#cfd7de',
  water: '#7ba3bf',
  halo: '#12181e',
  ink: '#f2f5f8',
  outline: '#0b0f13',
}

export type Palette = typeof LIGHT

export function palette(dark: boolean): Palette {
  return dark ? DARK : LIGHT
}
