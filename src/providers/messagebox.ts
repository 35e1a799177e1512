import type { Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import { field, formOf, jsonReply, meaningOf, readOne, refusedAsNotify, statusOf } from './reading.ts';

const statuses: Readonly<Record<string, string>> = { 10: 'delivered', 20: 'permanent-failure' };

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
  namesBy: 'id',
  method: 'POST',
  readStatus,
  statusTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  return readOne('Messagebox', formOf(request), ['status', 'reference'], (text, fields) => {
    const [word, code] = [text('status'), field(fields, 'code')];
    return {
      reference: text('reference'),
      key: null,
      status: statusOf(statuses, word),
      word,
      description: meaningOf(reasons, word, code),
      providerResponse: code === null ? `status ${word}` : `status ${word}, code ${code}`,
      occurredAt: null,
    };
  });
}
