// What is in a released package, as CycloneDX, for people who have to know which versions they run.

/** @param {{ name: string, version: string }} subject the package. @param components what it bundles or depends on. */
export function sbomOf({ name, version }, components) {
  const part = (each, type) => ({
    type,
    'bom-ref': `pkg:npm/${each.name.replace('@', '%40')}@${each.version}`,
    name: each.name,
    version: each.version,
    purl: `pkg:npm/${each.name.replace('@', '%40')}@${each.version}`,
    ...(each.license === undefined ? {} : { licenses: [{ license: { id: each.license } }] }),
  });
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: part({ name, version, license: 'MIT' }, 'library') },
    components: components.map((each) => part(each, 'library')),
  };
}
