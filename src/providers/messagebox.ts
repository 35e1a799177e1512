import type { Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import { field, formOf, jsonReply, meaningOf, missing, refusedAsNotify } from './reading.ts';

/** Logius's codes for what came of a message, in its own words. */
const reasons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  10: { 0: 'No error', Verwerkt: 'No error' },
  20: {
    TechnischProbleem: 'Technisch probleem bij verwerken',
    NietActiefOfGeabonneerd: 'Geen actieve berichtenbox of geen abonnement',
    BerichtTypeNietOndersteund: 'Bericht type bestaat niet of is niet actief',
    AanmaakDatumLigtTeVerInHetVerleden: 'Aanmaakdatum te ver in het verleden',
    PublicatieDatumLigtTeVerInDeToekomst: 'Publicatiedatum te ver in de toekomst',
    BerichtBestaatAl: 'Een bericht met hetzelfde berichtID is reeds aangeboden',
    BijlageTeGroot: 'De omvang van de persoonlijke bijlage(n) in het bericht is te groot',
    OinInCPAKomtNietOvereenMetOinInBericht: 'OIN uit CPA komt niet overeen met OID in het bericht',
    XmlValidatieTegenXsdValtNegatiefUit: 'Bericht xml valideert niet tegen XSD',
    ValidatieBerichtType: 'Niet gelukt om bericht type te valideren',
    ValidatieGebruiker: 'Niet gelukt om de burger te valideren',
    StoreMessage: 'Niet gelukt om bericht op te slaan',
  },
};

/** MijnOverheid's Berichtenbox (NL): a form that names the notification by its id. */
export const messagebox: Provider = {
  name: 'messagebox',
  proof: 'password_or_token',
  method: 'POST',
  readStatus,
  statusTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  const fields = formOf(request);
  const messages = missing('Messagebox', fields, ['status', 'reference']);
  if (messages.length > 0) return { kind: 'refused', messages };
  const [word, code] = [field(fields, 'status') ?? '', field(fields, 'code')];
  return {
    kind: 'read',
    items: [
      {
        reference: field(fields, 'reference') ?? '',
        key: null,
        status: word === '10' ? 'delivered' : word === '20' ? 'permanent-failure' : 'technical-failure',
        word,
        description: meaningOf(reasons, word, code),
        providerResponse: code === null ? `status ${word}` : `status ${word}, code ${code}`,
        occurredAt: null,
      },
    ],
  };
}
